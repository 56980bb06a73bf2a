"""Tokens of flows, and which findings of schemathesis are no faults of the service, each with its reason."""

import json
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response

# What a request may be refused for with 400 though it is as the document says: no schema can say these.
EXPLAINED_FIELDS = {
    "workshop-code": "ten digits, in three scripts",
    "jalali-month": "a month of the calendar, in three scripts",
    "cursor": "opaque; only what a page gave is one",
    "national-code": "ten digits of which the last is a check digit",
    "insurance-number": "digits in three scripts, with blanks, hyphens and marks that do not count",
    "one-time-code": "six digits in three scripts, also with the message around them",
    "jalali-date": "a day of the calendar, in three scripts",
    "iran-mobile": "a mobile in any usual spelling",
    "question-repeated": "different by one member alone",
    "text-with-letters": "at least one letter",
    "idempotency-key": "of callers who are not signed in 22 characters, of others 1",
}
# And forms with files, for all that.
EXPLAINED_FORMS = {
    "list-files-missing": "what is in the files that are sent",
    "malformed-request": "forms with parts that no parser reads: names with control characters",
}
# A word and an id share the place: GET of the word is GET by an id, which the router allows and validation refuses.
SHARED_PLACES = {"/v1/branch/insured-people/searches", "/v1/employer-lists/report"}

FLOW_TOKEN = "Bearer a-flow"

tokens: dict[str, str] = {}


@schemathesis.hook
def after_call(ctx: schemathesis.HookContext, case: schemathesis.Case, response: Response) -> None:
    """Remembers the token that the first answer of a flow gives, so that its later steps are reached."""
    body = parsed(response)
    if isinstance(body.get("flowToken"), str) and isinstance(body.get("id"), str):
        tokens[body["id"]] = body["flowToken"]


@schemathesis.hook
def before_call(ctx: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    token = tokens.get(str(case.path_parameters.get("id")))
    if token is not None and case.headers.get("Authorization") == FLOW_TOKEN:
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def filter_failure(
    ctx: schemathesis.HookContext, failure: Failure, case: schemathesis.Case, response: Response
) -> bool:
    """Whether it is a fault."""
    kind = type(failure).__name__
    if kind == "RejectedPositiveData":
        # What a form of OAuth has to say depends on how the client proves itself, and what is empty counts as left out.
        return case.path != "/v1/oauth/par" and not is_explained(parsed(response), case.media_type or "")
    if kind == "AcceptedNegativeData":
        # An empty parameter counts as one that was left out (RFC 6749 §3.2).
        return case.path != "/v1/oauth/token"
    if kind in ("AllowHeaderMismatch", "UnsupportedMethodResponse"):
        return case.path not in SHARED_PLACES
    return True


def is_explained(problem: dict[str, Any], content_type: str) -> bool:
    if problem.get("code") in EXPLAINED_FORMS and "form-data" in content_type:
        return True
    errors = problem.get("errors") or []
    return bool(errors) and all(error.get("code") in EXPLAINED_FIELDS for error in errors)


def parsed(response: Response) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
