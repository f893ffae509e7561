"""Signing in, choosing a password by a link, signing out: three forms, each sent by our own pages alone.

A form is believed where the browser says that our page sent it (the Origin header, RFC 6454), and the cookie goes along
with no form of another site (SameSite=Lax, RFC 6265bis). An unknown name and a wrong password get the same
answer, in the same time.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from beancoop_server.language import language_of
from beancoop_server.pages import page
from beancoop_server.passwords import LONGEST, SHORTEST, BusyError
from beancoop_server.people import plain
from beancoop_server.refusal import FOREIGN, TOO_BIG, TOO_MANY, refuse
from beancoop_server.sessions import SECONDS
from beancoop_server.throttle import MOST_OF_A_NAME, MOST_OF_AN_ADDRESS, Throttle

if TYPE_CHECKING:
    from collections.abc import Collection
    from wsgiref.types import WSGIEnvironment

    from beancoop.words.messages import Template, Text

    from beancoop_server.passwords import Passwords
    from beancoop_server.sessions import Sessions

WRONG = error("BC1510", "The name or the password is wrong.")
WAIT = error("BC1511", "Too many tries. Wait {minutes} minutes, then try again.")
NO_LINK = error("BC1512", "This link has been used or has ended. Ask the cooperative for another.")
TOO_SHORT = error("BC1513", "The password needs at least {shortest} characters, and at most {longest}.")
UNLIKE = error("BC1514", "The two passwords differ.")
LIKE_NAME = error("BC1515", "The password may not be the name.")

SIGN_IN, CHOOSE, SIGN_OUT = "/sign-in", "/choose-password", "/sign-out"
PERSON = "beancoop.person"
"""Where in the environment of a request its person stands, once she is known."""

_LARGEST_FORM = 4096


class _Tries(NamedTuple):
    """How often one may try, by name and by address."""

    name: Throttle
    address: Throttle


class SigningIn:
    """The three forms, and the cookie."""

    def __init__(self, passwords: Passwords, sessions: Sessions, own_hosts: Collection[str]) -> None:
        """Sign people in.

        Args:
            passwords: theirs.
            sessions: what signs the cookie.
            own_hosts: the Host headers of this machine itself; any other name is reached by https.

        """
        self._passwords, self._sessions = passwords, sessions
        self._own_hosts = frozenset(host.lower() for host in own_hosts)
        self._tries = _Tries(Throttle(MOST_OF_A_NAME), Throttle(MOST_OF_AN_ADDRESS))

    def who(self, environ: WSGIEnvironment) -> str:
        """Say who is signed in; "" where nobody is.

        Raises:
            MisuseError, OSError: the passwords cannot be read.

        """
        request = Request(environ)
        cookie = request.cookies.get(self._cookie(request), "")
        return (self._sessions.who(cookie, self._passwords.secrets()) or "") if cookie else ""

    def answer(self, environ: WSGIEnvironment) -> Response | None:
        """Answer a request for one of the three forms; None where it is for another page.

        Raises:
            MisuseError, OSError: the passwords cannot be read, or not written.

        """
        request = Request(environ)
        request.max_content_length = request.max_form_memory_size = _LARGEST_FORM
        forms = {SIGN_IN: self._sign_in, CHOOSE: self._choose, SIGN_OUT: self._sign_out}
        form = forms.get(request.path)
        if form is None:
            return None
        if request.method == "POST" and "Origin" not in request.headers:  # a foreign one is refused before
            return refuse(environ, HTTPStatus.FORBIDDEN, FOREIGN)
        try:
            return form(request)
        except RequestEntityTooLarge:
            return refuse(environ, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_BIG)
        except BusyError:
            return refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY, wait=5)

    def _sign_in(self, request: Request) -> Response:
        if request.method != "POST":
            return page(request, "sign_in.html", said="")
        name, address = request.form.get("name", "")[:LONGEST], address_of(request)
        wait = max(self._tries.address.try_(address), self._tries.name.try_(plain(name)))
        if wait:
            return self._again(request, HTTPStatus.TOO_MANY_REQUESTS, WAIT, minutes=int(wait // 60) + 1)
        stamp = self._passwords.stamp_for(name, request.form.get("password", "")[:LONGEST])
        if stamp is None:
            return self._again(request, HTTPStatus.UNAUTHORIZED, WRONG)
        self._tries.name.take_back(plain(name))
        self._tries.address.take_back(address)
        request.environ[PERSON] = plain(name)
        return self._signed_in(request, self._sessions.begin(plain(name), stamp))

    def _choose(self, request: Request) -> Response:
        """Show the form without using the link up: a mail program may look at it before she does."""
        values = request.form if request.method == "POST" else request.args
        token, password = values.get("token", ""), request.form.get("password", "")
        if wait := self._tries.address.try_(address_of(request)):
            return self._again(request, HTTPStatus.TOO_MANY_REQUESTS, WAIT, minutes=int(wait // 60) + 1)
        name = self._passwords.invited(token)
        if name is None:
            return self._again(request, HTTPStatus.NOT_FOUND, NO_LINK)
        self._tries.address.take_back(address_of(request))
        fault = _fault(password, request.form.get("again", ""), name) if request.method == "POST" else None
        if request.method != "POST" or fault:
            said = fault.inside(language_of(request)) if fault else ""
            status = HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK
            return page(request, "choose_password.html", status, said=said, name=name, token=token, shortest=SHORTEST)
        chosen = self._passwords.choose(token, password)
        if chosen is None:
            return self._again(request, HTTPStatus.NOT_FOUND, NO_LINK)
        request.environ[PERSON] = chosen
        return redirect(SIGN_IN, HTTPStatus.SEE_OTHER)

    def _sign_out(self, request: Request) -> Response:
        name = self.who(request.environ)
        if name and request.method != "POST":
            return page(request, "sign_out.html", name=name)
        self._passwords.end_sessions(name)
        response = redirect(SIGN_IN, HTTPStatus.SEE_OTHER)
        self._set_cookie(request, response, "", 0)
        return response

    def _signed_in(self, request: Request, cookie: str) -> Response:
        response = redirect("/", HTTPStatus.SEE_OTHER)
        self._set_cookie(request, response, cookie, SECONDS)
        return response

    @staticmethod
    def _again(request: Request, status: HTTPStatus, message: Template, **values: object) -> Response:
        return page(request, "sign_in.html", status, said=message(**values).inside(language_of(request)))

    def _is_secure(self, request: Request) -> bool:
        """Tell whether the browser came by https: it did, unless it named this machine itself."""
        return request.headers.get("Host", "").lower() not in self._own_hosts

    def _cookie(self, request: Request) -> str:
        """Give the cookie's name: with a prefix that lets no other host set it, where https allows that."""
        return "__Host-beancoop" if self._is_secure(request) else "beancoop"

    def _set_cookie(self, request: Request, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            self._cookie(request),
            value,
            max_age=seconds,
            secure=self._is_secure(request),
            httponly=True,
            samesite="Lax",
        )


def _fault(password: str, again: str, name: str) -> Text | None:
    """Say what is wrong with a password that is chosen."""
    if not SHORTEST <= len(password) <= LONGEST:
        return TOO_SHORT(shortest=SHORTEST, longest=LONGEST)
    if password != again:
        return UNLIKE()
    return LIKE_NAME() if plain(password) == name else None


def address_of(request: Request) -> str:
    """Give the address that a request came from: as the proxy on this machine saw it, else as we see it ourselves."""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded or request.remote_addr or ""
