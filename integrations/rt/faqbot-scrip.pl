# Tells faqbot of what happens in a queue of Request Tracker 5.
#
# It is the commit code of one scrip whose stage is TransactionBatch: a scrip of TransactionCreate runs before RT has
# written the ticket, and faqbot could not read it back. install.pl makes that scrip. Address and secret stand in
# RT_SiteConfig.pm, not here:
#   Set($FaqbotHook,   'https://faqbot.example.org/hooks/rt');
#   Set($FaqbotSecret, '...');    # the same as FAQBOT_RT_SECRET
#   Set($FaqbotUser,   'faqbot'); # the account whose token faqbot has
#
# It never fails a transaction and waits 2 seconds at most. What is not delivered is in the log, and faqbot finds it
# when it next looks for what has changed.
eval {
    require Digest::SHA;
    require HTTP::Request;
    require JSON;
    require LWP::UserAgent;

    my ($hook, $secret, $bot) = map { RT->Config->Get($_) } qw(FaqbotHook FaqbotSecret FaqbotUser);
    die "FaqbotHook and FaqbotSecret are not set in RT_SiteConfig.pm\n" unless $hook && $secret;
    $bot ||= 'faqbot';

    my $ticket = $self->TicketObj;
    my $batch  = $ticket->TransactionBatch;
    my $agent  = LWP::UserAgent->new( timeout => 2 );

    # One form of an agent makes several transactions: a reply, a new owner, a new status.
    for my $transaction ( $batch && @$batch ? @$batch : $self->TransactionObj ) {
        next unless $transaction->Type =~ /\A(?:Create|Correspond|Comment)\z/;
        my $creator = $transaction->CreatorObj;
        next if $creator->Name eq $bot || $creator->Id == RT->SystemUser->Id;

        my $mail = $transaction->Attachments->First;
        my %headers;
        for my $name (
            qw(Auto-Submitted Precedence List-Id List-Unsubscribe X-Auto-Response-Suppress X-Loop Return-Path From),
            'X-RT-Loop-Prevention', 'X-Autoreply', 'X-Autorespond' )
        {
            my $value = $mail ? $mail->GetHeader($name) : undef;
            $headers{$name} = $value if defined $value && length $value;
        }
        my $body = JSON->new->utf8->canonical->encode({
            transaction => $transaction->Id + 0,
            type        => $transaction->Type,
            ticket      => $ticket->Id + 0,
            queue       => $ticket->QueueObj->Name,
            creator     => $creator->Name,
            email       => $creator->EmailAddress,
            privileged  => $creator->Privileged ? JSON::true() : JSON::false(),
            content     => $mail ? substr( $transaction->Content( Type => 'text/plain' ), 0, 100_000 ) : '',
            headers     => \%headers,
        });
        my $now = time;
        my $response = $agent->request( HTTP::Request->new(
            POST => $hook,
            [
                'Content-Type'       => 'application/json',
                'X-Faqbot-Timestamp' => $now,
                'X-Faqbot-Signature' => 'sha256=' . Digest::SHA::hmac_sha256_hex( "$now.$body", $secret ),
            ],
            $body,
        ) );
        RT->Logger->warning( 'faqbot was not told of transaction ' . $transaction->Id . ': ' . $response->status_line )
            unless $response->is_success;
    }
    1;
} or RT->Logger->warning("faqbot was not told: $@");
return 1;
