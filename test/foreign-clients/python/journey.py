"""The journey of journey.ts by a client that openapi-python-client made."""

import base64
import os
from pathlib import Path
from typing import TypeVar

from client import AuthenticatedClient, Client
from client.api.account import get_profile
from client.api.employer_lists import get_employer_list_submission, submit_employer_list
from client.api.insurance_records import (
    get_insurance_record_summary,
    get_insurance_record_year,
    get_insurance_records,
)
from client.api.machine_clients import get_machine_token
from client.api.passwords import list_security_questions
from client.api.recoveries import (
    challenge_recovery,
    set_recovered_password,
    start_recovery,
    verify_recovery,
)
from client.api.registrations import (
    complete_registration,
    start_registration,
    verify_registration,
)
from client.api.sessions import sign_in
from client.models import (
    AccountCreated,
    ChallengeChoice,
    CodeProof,
    EmployerListSubmission,
    GetMachineTokenBody,
    GetMachineTokenBodyGrantType,
    InsuranceRecords,
    InsuranceRecordSummary,
    InsuranceRecordYear,
    MachineToken,
    NewPassword,
    OAuthError,
    Problem,
    Profile,
    Recovery,
    RecoveryMethod,
    RecoveryNextStep,
    RecoveryProofWithCode,
    RecoveryStartWithNationalCode,
    Registration,
    RegistrationCompletion,
    RegistrationStartWithNationalCode,
    RegistrationVerified,
    SecurityAnswer,
    SecurityQuestions,
    SignInOutcome,
    SignInWithNationalCode,
    SubmitEmployerListBody,
)
from client.types import UNSET, File

env = os.environ
Answer = TypeVar("Answer")


def expect(kind: type[Answer], answer: object) -> Answer:
    if not isinstance(answer, kind):
        raise SystemExit(f"{kind.__name__} was expected, and this came: {answer}")
    return answer


def connect(token: str, service: str = "SAVABEGH_URL") -> AuthenticatedClient:
    return AuthenticatedClient(base_url=env[service], token=token)


def anybody(service: str = "SAVABEGH_URL") -> Client:
    return Client(base_url=env[service])


def ask_for_code() -> str:
    """What the person reads in the newest message."""
    print("code?", flush=True)
    return input()


def sign_up() -> None:
    start = RegistrationStartWithNationalCode(
        national_code=env["NATIONAL_CODE"],
        birth_date=env["BIRTH_DATE"],
        mobile=env["MOBILE"],
    )
    started = expect(Registration, start_registration.sync(client=anybody(), body=start))
    flow = connect(started.flow_token)
    proof = CodeProof(code=ask_for_code())
    expect(RegistrationVerified, verify_registration.sync(started.id, client=flow, body=proof))

    catalogue = expect(SecurityQuestions, list_security_questions.sync(client=anybody()))
    texts = ["باغچهٔ آجری", "کوچهٔ یاس", "دوچرخهٔ قرمز"]
    answers = [
        SecurityAnswer(question=question.id, answer=text)
        for question, text in zip(catalogue.questions, texts)
    ]

    def complete(password: str) -> object:
        body = RegistrationCompletion(
            password=password, password_confirmation=password, security_answers=answers
        )
        return complete_registration.sync(started.id, client=flow, body=body)

    problem = expect(Problem, complete("password"))
    if not problem.errors:
        raise SystemExit("a weak password is refused with what is wrong")
    print(f"weak password: {problem.status} {problem.code} {problem.errors[0].pointer}")
    expect(AccountCreated, complete(env["PASSWORD"]))


def signed_in(password: str, service: str = "SAVABEGH_URL") -> object:
    body = SignInWithNationalCode(national_code=env["NATIONAL_CODE"], password=password)
    return sign_in.sync(client=anybody(service), body=body)


def token_of(outcome: object) -> str:
    return expect(str, expect(SignInOutcome, outcome).access_token)


def profile(token: str) -> None:
    own = expect(Profile, get_profile.sync(client=connect(token)))
    print(f"profile: {own.national_code}")


def record(name: str, token: str, service: str = "SAVABEGH_URL") -> None:
    whole = expect(InsuranceRecords, get_insurance_records.sync(client=connect(token, service)))
    months = [
        month for year in whole.years for workshop in year.workshops for month in workshop.months
    ]
    wage = sum(month.insurable_wage for month in months)
    print(f"{name}: {len(months)} months, {wage} rials")


def recover() -> None:
    start = RecoveryStartWithNationalCode(national_code=env["NATIONAL_CODE"])
    started = expect(Recovery, start_recovery.sync(client=anybody(), body=start))
    flow = connect(started.flow_token)
    challenge_recovery.sync(started.id, client=flow, body=ChallengeChoice(method=RecoveryMethod.SMS))
    proof = RecoveryProofWithCode(code=ask_for_code())
    proved = expect(RecoveryNextStep, verify_recovery.sync(started.id, client=flow, body=proof))
    print(f"recovery: {proved.next_.value}")
    password = env["NEW_PASSWORD"]
    chosen = NewPassword(new_password=password, new_password_confirmation=password)
    set_recovered_password.sync(started.id, client=flow, body=chosen)


def machine_token(secret: str) -> object:
    basic = base64.b64encode(f"{env['CLIENT_ID']}:{secret}".encode()).decode()
    client = AuthenticatedClient(base_url=env["SAVABEGH_URL"], token=basic, prefix="Basic")
    body = GetMachineTokenBody(grant_type=GetMachineTokenBodyGrantType.CLIENT_CREDENTIALS)
    return get_machine_token.sync(client=client, body=body)


def upload() -> None:
    refused = expect(OAuthError, machine_token("wrong"))
    print(f"wrong secret: 401 {refused.error}")
    client = connect(expect(MachineToken, machine_token(env["CLIENT_SECRET"])).access_token)
    paths = [Path(env["WORKSHOP_FILE"]), Path(env["WORKERS_FILE"])]
    files = [File(payload=path.open("rb"), file_name=path.name) for path in paths]
    body = SubmitEmployerListBody(list_=files)
    sent = expect(EmployerListSubmission, submit_employer_list.sync(client=client, body=body))
    print(f"upload: {sent.state.value}")
    if sent.id is UNSET or not sent.id:
        raise SystemExit("a list that was sent has an id")
    read = get_employer_list_submission.sync(sent.id, client=client)
    print(f"upload read: {expect(EmployerListSubmission, read).state.value}")


def main() -> None:
    sign_up()
    problem = expect(Problem, signed_in("Wrong7Words"))
    print(f"wrong password: {problem.status} {problem.code}")
    token = token_of(signed_in(env["PASSWORD"]))
    profile(token)
    record("record", token)
    client = connect(token)
    year = expect(InsuranceRecordYear, get_insurance_record_year.sync(int(env["YEAR"]), client=client))
    print(f"year: {year.insurable_wage} rials")
    summary = expect(InsuranceRecordSummary, get_insurance_record_summary.sync(client=client))
    print(f"summary: {summary.days.capped} days")
    record("record of next year", token, "SAVABEGH_NEXT_YEAR_URL")
    problem = expect(Problem, signed_in("Wrong7Words", "SAVABEGH_NEXT_YEAR_URL"))
    print(f"problem of next year: {problem.status} {problem.code}")
    recover()
    profile(token_of(signed_in(env["NEW_PASSWORD"])))
    upload()


main()
