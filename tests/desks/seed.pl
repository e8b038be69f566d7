# What a Request Tracker for tests holds besides what install.pl makes: a queue, an agent, and customers who may write.
use strict;
use warnings;
use RT -init;
use RT::AuthToken;

sub done { my ( $ok, $message ) = @_; die "$message\n" unless $ok; return $ok }
my $su    = RT->SystemUser;
my $queue = RT::Queue->new($su);
done( $queue->Create( Name => 'Support', CorrespondAddress => 'support@desk.test', CommentAddress => 'notes@desk.test' ) );
my $agent = RT::User->new($su);
done( $agent->Create( Name => 'agent', EmailAddress => 'agent@desk.test', Privileged => 1, Password => 'agent-pass-1' ) );
$agent->PrincipalObj->GrantRight( Object => $queue, Right => $_ )
    for qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket ModifyTicket OwnTicket TakeTicket);
my $everyone = RT::Group->new($su);
$everyone->LoadSystemInternalGroup('Everyone');
$everyone->PrincipalObj->GrantRight( Object => $queue, Right => $_ ) for qw(CreateTicket ReplyToTicket);
my ( $ok, $message, $token ) = RT::AuthToken->new($su)->Create( Owner => $agent->Id, Description => 'tests' );
done( $ok, $message );
print "$token\n";
