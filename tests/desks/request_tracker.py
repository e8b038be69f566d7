"""A real Request Tracker 5 of Debian's packages, for tests: state in a folder, on this machine alone. It needs root."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.desks.machinery import HOST, ROOT, free_port, run, started, stop, wait_for

NAME = "rt"
PACKAGES = ("request-tracker5", "rt5-db-sqlite", "rt5-standalone", "dbconfig-no-thanks", "msmtp-mta")
CHOICES = "msmtp msmtp/apparmor boolean false\nrequest-tracker5 request-tracker5/install-cronjobs boolean false\n"
SERVER, LIBRARY = Path("/usr/share/request-tracker5/libexec/rt-server"), "/usr/share/request-tracker5/lib"
USER = "www-data"
SECRET, ADMIN = "hook-secret-of-the-tests", "root-pass-1"
CONFIGURATION = """\
Set($rtname, 'desk.test'); Set($Organization, 'desk.test');
Set($CorrespondAddress, 'support@desk.test'); Set($CommentAddress, 'notes@desk.test');
Set($WebDomain, '{host}'); Set($WebPort, {port}); Set($WebPath, '');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '{folder}/rt.sqlite');
Set($LogToSyslog, undef); Set($LogToSTDERR, 'warning'); Set($Timezone, 'UTC');
Set($FaqbotHook, '{hook}'); Set($FaqbotSecret, '{secret}'); Set($FaqbotUser, 'faqbot');
Set($MailCommand, sub {{  # a file for every message, so that tests read what a customer gets
    my $mail = shift;
    require Time::HiRes;
    my $name = sprintf('%s/%.6f-%d.eml', '{folder}/sent', Time::HiRes::time(), $$);
    open(my $file, '>:raw', "$name.part") or return 0;
    print $file $mail->as_string;
    close $file;
    return rename "$name.part", $name;
}});
1;
"""


def installed() -> bool:
    """Whether the packages are there."""
    return SERVER.is_file()


def install() -> None:
    """Install the packages; needs root."""
    run("sh", "-c", f"printf '%s' '{CHOICES}' | debconf-set-selections")
    options = ("-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")
    run("apt-get", "-qq", "update")
    run("apt-get", "install", *options, *PACKAGES, DEBIAN_FRONTEND="noninteractive")


def start(folder: Path) -> dict[str, str]:
    """Set up a desk in an empty folder and start it; what tests need to know of it."""
    if not installed():
        install()
    folder.mkdir(parents=True)
    for name in ("sent", "site.d", "lib"):
        (folder / name).mkdir()
    port, hook = free_port(), f"http://{HOST}:{free_port()}/hooks/rt"
    text = CONFIGURATION.format(host=HOST, port=port, folder=folder, hook=hook, secret=SECRET)
    (folder / "RT_SiteConfig.pm").write_text(text, encoding="utf-8")
    environment = {"RT_SITE_CONFIG": str(folder / "RT_SiteConfig.pm"), "RT_SITE_CONFIG_DIR": str(folder / "site.d")}
    (folder / "root-password").write_text(ADMIN + "\n", encoding="utf-8")
    init = (
        "rt-setup-database-5",
        "--action",
        "init",
        "--skip-create",
        "--root-password-file",
        folder / "root-password",
    )
    run(*init, **environment)
    agent = run("perl", "-I", LIBRARY, ROOT / "tests" / "desks" / "seed.pl", **environment).strip()
    bot = run("perl", "-I", LIBRARY, ROOT / "integrations" / "rt" / "install.pl", "Support", **environment).strip()
    _give_away(folder)
    as_user = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups")
    serve = (SERVER, "--server", "Starlet", "--host", HOST, "--port", str(port), "--max-workers", "3")
    started(NAME, folder, (*as_user, *serve), {**environment, "HOME": str(folder), "no_proxy": HOST})
    url = f"http://{HOST}:{port}"
    wait_for(f"{url}/REST/2.0/rt", {"Authorization": f"token {bot}"}, NAME, folder)
    return {
        "url": url, "bot": bot, "agent": agent, "hook": hook, "secret": SECRET, "queue": "Support",
        "sent": str(folder / "sent"), "folder": str(folder),
    }  # fmt: skip


def end(folder: Path) -> None:
    """Stop the desk and delete what it wrote."""
    stop(NAME, folder)
    shutil.rmtree(folder, ignore_errors=True)


def _give_away(folder: Path) -> None:
    """The server runs as another user, who must reach the folder and write to it."""
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, USER, USER)
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if parent.stat().st_uid == os.getuid() and not mode & 0o001 and str(parent) != "/":
            parent.chmod(mode | 0o011)
