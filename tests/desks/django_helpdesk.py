"""A real django-helpdesk of the package index, for tests: everything in a folder, on this machine alone."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tests.desks.machinery import HOST, ROOT, free_port, run, started, stop, wait_for

NAME, TELLER = "django-helpdesk", "faqbot-deliver"
PACKAGES = ("django-helpdesk==2.6.1", "gunicorn>=23", str(ROOT / "integrations" / "django-helpdesk"))
SECRET = "hook-secret-of-the-tests"  # noqa: S105 - of no real desk
SETTINGS = """\
from pathlib import Path
HERE = Path("{folder}")
SECRET_KEY = "of the tests"; DEBUG = False; ALLOWED_HOSTS = ["{host}"]; USE_TZ = True; TIME_ZONE = "UTC"; SITE_ID = 1
ROOT_URLCONF = "urls"; WSGI_APPLICATION = "wsgi.application"; DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
STATIC_URL = "/static/"; MEDIA_URL = "/media/"; MEDIA_ROOT = str(HERE / "media"); LOGIN_URL = "/login/"
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": str(HERE / "desk.db"), "OPTIONS": {{
    "timeout": 60, "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}}}}}}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"; EMAIL_FILE_PATH = str(HERE / "sent")
DEFAULT_FROM_EMAIL = "support@desk.test"
CONTRIB = ("admin", "auth", "contenttypes", "sessions", "sites", "humanize", "messages", "staticfiles")
INSTALLED_APPS = [*("django.contrib." + name for name in CONTRIB), "rest_framework", "rest_framework.authtoken",
    "helpdesk", "faqbot_helpdesk"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware"]
SHOWN = ("template.context_processors.request", "contrib.auth.context_processors.auth",
    "contrib.messages.context_processors.messages")
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {{"context_processors": ["django." + name for name in SHOWN]}}}}]
REST_FRAMEWORK = {{"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"]}}
HELPDESK_TEAMS_MODE_ENABLED = False; HELPDESK_PUBLIC_ENABLED = True
HELPDESK_PRIVATE_FOLLOWUP_MEANS_NO_EMAILS = True
FAQBOT_HOOK = "{hook}"; FAQBOT_SECRET = "{secret}"; FAQBOT_USER = "faqbot"
"""
URLS = """\
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("admin/", admin.site.urls), path("", include("helpdesk.urls", namespace="helpdesk"))]
"""
WSGI = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
SEED = """\
import json, os, django
django.setup()
from django.contrib.auth import get_user_model
from helpdesk.models import Queue
from rest_framework.authtoken.models import Token
queue = Queue.objects.create(slug="support", title="Support", email_address="support@desk.test",
    allow_public_submission=True, allow_email_submission=True, email_box_type="local", email_box_interval=0,
    email_box_local_dir=os.environ["MAILS"] + "/")
known = {"queue": str(queue.id)}
for name in ("faqbot", "agent"):
    user = get_user_model().objects.create(username=name, email=name + "@desk.test", is_staff=True)
    known[name], known[name + "_token"] = str(user.id), Token.objects.create(user=user).key
print(json.dumps(known))
"""


def start(folder: Path) -> dict[str, str]:
    """Set up a desk in an empty folder and start it; what tests need to know of it."""
    for name in ("sent", "media", "mails", "site"):
        (folder / name).mkdir(parents=True)
    site, environment = folder / "site", folder / "venv"
    run(sys.executable, "-m", "venv", environment)
    run(environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES)
    port, hook = free_port(), f"http://{HOST}:{free_port()}/hooks/django_helpdesk"
    settings = SETTINGS.format(folder=folder, host=HOST, hook=hook, secret=SECRET)
    for name, text in (("settings.py", settings), ("urls.py", URLS), ("wsgi.py", WSGI), ("seed.py", SEED)):
        (site / name).write_text(text, encoding="utf-8")
    django = {
        "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(site), "MAILS": str(folder / "mails"),
        "HOME": str(folder), "no_proxy": HOST,
    }  # fmt: skip
    admin = environment / "bin" / "django-admin"
    run(admin, "migrate", "-v0", **django)
    run(admin, "loaddata", "-v0", "emailtemplate.json", **django)
    known = json.loads(run(environment / "bin" / "python", site / "seed.py", **django))
    serve = (environment / "bin" / "gunicorn", "-b", f"{HOST}:{port}", "-w", "1", "--threads", "4", "wsgi")
    started(NAME, folder, serve, django)
    started(TELLER, folder, (admin, "faqbot_deliver"), {**django, "PYTHONUNBUFFERED": "1"})
    url = f"http://{HOST}:{port}"
    wait_for(f"{url}/api/tickets/", {"Authorization": f"Token {known['faqbot_token']}"}, NAME, folder)
    return {
        "url": url, "bot": known["faqbot_token"], "user": known["faqbot"], "agent": known["agent_token"], "hook": hook,
        "secret": SECRET, "queue": known["queue"], "sent": str(folder / "sent"), "mails": str(folder / "mails"),
        "admin": str(admin), "site": str(site), "folder": str(folder),
    }  # fmt: skip


def end(folder: Path) -> None:
    """Stop the desk and delete what it wrote."""
    stop(NAME, folder)
    stop(TELLER, folder)
    shutil.rmtree(folder, ignore_errors=True)
