"""What is written down when something happens to a ticket. It never fails what has happened."""

import json
import logging

from django.conf import settings
from django.db import transaction

from faqbot_helpdesk.models import Delivery

logger = logging.getLogger(__name__)


def opened(sender, ticket, **_):
    """A ticket was opened."""
    first = ticket.followup_set.order_by("id").first()
    _write(ticket, first.user if first else None, None, public=True)


def followed_up(sender, followup, **_):
    """Something was written in a ticket, or its state was changed."""
    _write(followup.ticket, followup.user, followup.id, public=followup.public)


def _write(ticket, user, followup, *, public):
    name = user.get_username() if user else None
    if name == getattr(settings, "FAQBOT_USER", "faqbot"):
        return
    body = {
        "ticket": ticket.id, "followup": followup, "public": bool(public), "user": name,
        "staff": bool(user and user.is_staff), "queue": str(ticket.queue_id), "email": ticket.submitter_email or "",
    }  # fmt: skip
    try:
        with transaction.atomic():
            Delivery.objects.create(body=json.dumps(body, sort_keys=True))
    except Exception:
        logger.exception("faqbot will have to find out by itself about ticket %s", ticket.id)
