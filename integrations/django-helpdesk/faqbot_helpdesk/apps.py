"""The application: it listens to the signals of django-helpdesk."""

from django.apps import AppConfig


class FaqbotHelpdesk(AppConfig):
    """Connects the listeners when Django starts."""

    name = "faqbot_helpdesk"
    verbose_name = "faqbot"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Listen to new tickets and follow-ups."""
        from helpdesk.signals import new_ticket_done, update_ticket_done

        from faqbot_helpdesk.listeners import followed_up, opened

        new_ticket_done.connect(opened, dispatch_uid="faqbot_opened")
        update_ticket_done.connect(followed_up, dispatch_uid="faqbot_followed_up")
