"""What faqbot has not been told yet."""

from django.db import models
from django.utils import timezone


class Delivery(models.Model):
    """One message to faqbot. It holds no text of a ticket: faqbot reads that back."""

    body = models.TextField()
    made = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.body
