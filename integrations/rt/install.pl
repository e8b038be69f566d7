#!/usr/bin/perl
# Puts faqbot into queues of Request Tracker 5: its account, the rights it needs there and no others, a token, the field
# for tags, and the scrip of faqbot-scrip.pl. Run it again to renew the scrip; what is there already stays.
#
#   perl -I /usr/share/request-tracker5/lib install.pl Support [another queue ...]
#
# It prints the token, once. Run it as a user that may read RT's configuration.
use strict;
use warnings;
use FindBin;

use RT -init;
use RT::AuthToken;

my @queues = @ARGV or die "usage: install.pl QUEUE [QUEUE ...]\n";
my $name   = RT->Config->Get('FaqbotUser') || 'faqbot';
my $su     = RT->SystemUser;

sub done {
    my ( $ok, $message ) = @_;
    die "$message\n" unless $ok;
    return $ok;
}

my $user = RT::User->new($su);
$user->Load($name);
done( $user->Create( Name => $name, RealName => 'FAQ bot', Privileged => 1 ) ) unless $user->Id;

my $field = RT::CustomField->new($su);
$field->LoadByCols( Name => 'Tags', LookupType => 'RT::Queue-RT::Ticket' );
done( $field->Create( Name => 'Tags', Type => 'FreeformMultiple', LookupType => 'RT::Queue-RT::Ticket' ) )
    unless $field->Id;

open my $file, '<', "$FindBin::Bin/faqbot-scrip.pl" or die "faqbot-scrip.pl must lie beside install.pl: $!\n";
my $code = do { local $/; <$file> };

my @rights = qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket ModifyTicket
    SeeCustomField ModifyCustomField);
for my $wanted (@queues) {
    my $queue = RT::Queue->new($su);
    $queue->Load($wanted);
    die "there is no queue $wanted\n" unless $queue->Id;
    for my $right (@rights) {
        next if $user->PrincipalObj->HasRight( Object => $queue, Right => $right );
        done( $user->PrincipalObj->GrantRight( Object => $queue, Right => $right ) );
    }
    done( $field->AddToObject($queue) ) unless $field->IsAdded( $queue->Id ) || $field->IsGlobal;

    my %scrip = (
        Description            => 'faqbot',
        Stage                  => 'TransactionBatch',
        ScripCondition         => 'User Defined',
        ScripAction            => 'User Defined',
        Template               => 'Blank',
        CustomIsApplicableCode => 'return 1;',
        CustomPrepareCode      => 'return 1;',
        CustomCommitCode       => $code,
    );
    my $scrips = RT::Scrips->new($su);
    $scrips->LimitToQueue( $queue->Id );
    $scrips->Limit( FIELD => 'Description', VALUE => 'faqbot' );
    if ( my $old = $scrips->First ) {
        $old->SetCustomCommitCode($code);
    }
    else {
        done( RT::Scrip->new($su)->Create( %scrip, Queue => $queue->Id ) );
    }
    print STDERR "queue $wanted: ready\n";
}

my $tokens = RT::AuthTokens->new($su);
$tokens->LimitOwner( VALUE => $user->Id );
if ( $tokens->Count ) {
    print STDERR "the account $name has a token already; withdraw it in RT for a new one\n";
}
else {
    my ( $ok, $message, $token ) = RT::AuthToken->new($su)->Create( Owner => $user->Id, Description => 'faqbot' );
    done( $ok, $message );
    print "$token\n";
}
