"""Tells faqbot of what happens in django-helpdesk."""
