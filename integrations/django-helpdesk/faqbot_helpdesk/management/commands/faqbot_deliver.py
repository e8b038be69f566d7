"""The command that tells faqbot."""

import hashlib
import hmac
import time
import urllib.error
import urllib.request
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from faqbot_helpdesk.models import Delivery

PATIENCE = 10  # seconds for an answer
PAUSE = 1.0  # seconds between looks for something to send
LONGEST = 15 * 60  # seconds between two tries
AT_ONCE = 100


class Command(BaseCommand):
    """Sends what faqbot has not been told yet, in order, and again until it is taken."""

    help = __doc__

    def add_arguments(self, parser):
        """Take whether to go on."""
        parser.add_argument("--once", action="store_true", help="send what is due, and stop")

    def handle(self, *args, once=False, **options):
        """Send, and go on unless it was to be done once."""
        while True:
            try:
                sent = self.send_due()
            except DatabaseError as error:
                self.stderr.write(f"the database cannot be read: {error}")
                connection.close()
                sent = 0
            if once and not sent:
                return
            if not sent:
                time.sleep(PAUSE)

    def send_due(self):
        """Send what is due; how much was taken."""
        taken = 0
        for one in Delivery.objects.filter(due__lte=timezone.now()).order_by("id")[:AT_ONCE]:
            if wrong := send(one.body.encode()):
                one.tries += 1
                one.due = timezone.now() + timedelta(seconds=min(2**one.tries, LONGEST))
                one.save(update_fields=["tries", "due"])
                self.stderr.write(f"faqbot did not take it (try {one.tries}): {wrong}")
                break  # what comes after would fare no better
            one.delete()
            taken += 1
        return taken


def send(body):
    """Send a body; what went wrong, or nothing."""
    now = str(int(time.time()))
    digest = hmac.new(settings.FAQBOT_SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json", "X-Faqbot-Timestamp": now, "X-Faqbot-Signature": f"sha256={digest}",
    }  # fmt: skip
    request = urllib.request.Request(settings.FAQBOT_HOOK, body, headers, method="POST")  # noqa: S310 - of the operator
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310
            return ""
    except (urllib.error.URLError, OSError, ValueError) as error:
        return str(error)
