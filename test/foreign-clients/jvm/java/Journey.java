import static java.nio.charset.StandardCharsets.UTF_8;

import client.ApiClient;
import client.ApiException;
import client.api.AccountApi;
import client.api.EmployerListsApi;
import client.api.InsuranceRecordsApi;
import client.api.MachineClientsApi;
import client.api.PasswordsApi;
import client.api.RecoveriesApi;
import client.api.RegistrationsApi;
import client.api.SessionsApi;
import client.model.*;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The journey of journey.ts by a client that openapi-generator made. What each of its libraries does in its own way is in
 * {@link Service}.
 */
public final class Journey {
  private static final BufferedReader ANSWERS = new BufferedReader(new InputStreamReader(System.in));

  private Journey() {}

  public static void main(String[] args) throws Exception {
    signUp();
    try {
      signIn("SAVABEGH_URL", "Wrong7Words");
    } catch (ApiException refused) {
      Problem problem = problemOf(refused);
      System.out.printf("wrong password: %d %s%n", problem.getStatus(), problem.getCode());
    }
    String token = signIn("SAVABEGH_URL", env("PASSWORD"));
    profile(token);
    record("record", "SAVABEGH_URL", token);
    InsuranceRecordsApi records = new InsuranceRecordsApi(connect("SAVABEGH_URL", token));
    InsuranceRecordYear year = records.getInsuranceRecordYear(Integer.valueOf(env("YEAR")), null, null);
    System.out.printf("year: %d rials%n", year.getInsurableWage());
    System.out.printf("summary: %d days%n", records.getInsuranceRecordSummary(null, null).getDays().getCapped());

    record("record of next year", "SAVABEGH_NEXT_YEAR_URL", token);
    try {
      signIn("SAVABEGH_NEXT_YEAR_URL", "Wrong7Words");
    } catch (ApiException refused) {
      Problem problem = problemOf(refused);
      System.out.printf("problem of next year: %d %s%n", problem.getStatus(), problem.getCode());
    }
    recover();
    profile(signIn("SAVABEGH_URL", env("NEW_PASSWORD")));
    upload();
    System.exit(0); // threads of an HTTP library would stay for a minute
  }

  private static void signUp() throws Exception {
    RegistrationStart start =
        new RegistrationStart(
            new RegistrationStartWithNationalCode()
                .nationalCode(env("NATIONAL_CODE"))
                .birthDate(env("BIRTH_DATE"))
                .mobile(env("MOBILE")));
    Registration started =
        new RegistrationsApi(connect("SAVABEGH_URL", null)).startRegistration(start, null, null, null);
    RegistrationsApi flow = new RegistrationsApi(connect("SAVABEGH_URL", started.getFlowToken()));
    flow.verifyRegistration(started.getId(), new CodeProof().code(askForCode()), null, null);

    SecurityQuestions catalogue =
        new PasswordsApi(connect("SAVABEGH_URL", null)).listSecurityQuestions(null, null);
    List<SecurityAnswer> answers = new ArrayList<>();
    for (String text : List.of("باغچهٔ آجری", "کوچهٔ یاس", "دوچرخهٔ قرمز")) {
      SecurityQuestion question = catalogue.getQuestions().get(answers.size());
      answers.add(new SecurityAnswer().question(question.getId()).answer(text));
    }
    RegistrationCompletion completion = new RegistrationCompletion().securityAnswers(answers);
    try {
      flow.completeRegistration(
          started.getId(), completion.password("password").passwordConfirmation("password"), null, null);
    } catch (ApiException refused) {
      Problem problem = problemOf(refused);
      System.out.printf(
          "weak password: %d %s %s%n",
          problem.getStatus(), problem.getCode(), problem.getErrors().get(0).getPointer());
    }
    completion.password(env("PASSWORD")).passwordConfirmation(env("PASSWORD"));
    flow.completeRegistration(started.getId(), completion, null, null);
  }

  private static String signIn(String service, String password) throws ApiException {
    SignIn credentials =
        new SignIn(new SignInWithNationalCode().nationalCode(env("NATIONAL_CODE")).password(password));
    return new SessionsApi(connect(service, null))
        .signIn(credentials, null, null, null, null, null)
        .getAccessToken();
  }

  private static void profile(String token) throws ApiException {
    Profile own = new AccountApi(connect("SAVABEGH_URL", token)).getProfile(null);
    System.out.printf("profile: %s%n", own.getNationalCode());
  }

  private static void record(String name, String service, String token) throws ApiException {
    InsuranceRecords whole =
        new InsuranceRecordsApi(connect(service, token))
            .getInsuranceRecords(null, null, null, null, null, null, null, null);
    int months = 0;
    long wage = 0;
    for (RecordYear year : whole.getYears()) {
      for (RecordWorkshop workshop : year.getWorkshops()) {
        for (RecordMonth month : workshop.getMonths()) {
          months += 1;
          wage += month.getInsurableWage();
        }
      }
    }
    System.out.printf("%s: %d months, %d rials%n", name, months, wage);
  }

  private static void recover() throws Exception {
    RecoveryStart start =
        new RecoveryStart(new RecoveryStartWithNationalCode().nationalCode(env("NATIONAL_CODE")));
    Recovery started =
        new RecoveriesApi(connect("SAVABEGH_URL", null)).startRecovery(start, null, null, null, null, null);
    RecoveriesApi flow = new RecoveriesApi(connect("SAVABEGH_URL", started.getFlowToken()));
    flow.challengeRecovery(started.getId(), new ChallengeChoice().method(RecoveryMethod.SMS), null, null);
    RecoveryProof proof = new RecoveryProof(new RecoveryProofWithCode().code(askForCode()));
    RecoveryNextStep proved = flow.verifyRecovery(started.getId(), proof, null, null, null);
    System.out.printf("recovery: %s%n", proved.getNext().getValue());
    String password = env("NEW_PASSWORD");
    NewPassword chosen = new NewPassword().newPassword(password).newPasswordConfirmation(password);
    flow.setRecoveredPassword(started.getId(), chosen, null, null);
  }

  private static void upload() throws Exception {
    try {
      machineToken("wrong");
    } catch (ApiException refused) {
      OAuthError error = Service.read(refused.getResponseBody(), OAuthError.class);
      System.out.printf("wrong secret: %d %s%n", refused.getCode(), error.getError());
    }
    EmployerListsApi lists =
        new EmployerListsApi(connect("SAVABEGH_URL", machineToken(env("CLIENT_SECRET"))));
    List<File> files = List.of(new File(env("WORKSHOP_FILE")), new File(env("WORKERS_FILE")));
    EmployerListSubmission sent = lists.submitEmployerList(files, null, null, null);
    System.out.printf("upload: %s%n", sent.getState().getValue());
    EmployerListSubmission read = lists.getEmployerListSubmission(sent.getId(), null);
    System.out.printf("upload read: %s%n", read.getState().getValue());
  }

  private static String machineToken(String secret) throws ApiException {
    String basic = Base64.getEncoder().encodeToString((env("CLIENT_ID") + ":" + secret).getBytes(UTF_8));
    return new MachineClientsApi(Service.connect(env("SAVABEGH_URL"), "Basic " + basic))
        .getMachineToken("client_credentials", null, null, null, null, null, null, null, null, null)
        .getAccessToken();
  }

  private static ApiClient connect(String variable, String token) {
    return Service.connect(env(variable), token == null ? null : "Bearer " + token);
  }

  private static Problem problemOf(ApiException refused) throws IOException {
    return Service.read(refused.getResponseBody(), Problem.class);
  }

  /** What the person reads in the newest message. */
  private static String askForCode() throws IOException {
    System.out.println("code?");
    return ANSWERS.readLine();
  }

  private static String env(String name) {
    return System.getenv(name);
  }
}
