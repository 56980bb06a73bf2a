import client.api.AccountApi
import client.api.EmployerListsApi
import client.api.InsuranceRecordsApi
import client.api.MachineClientsApi
import client.api.PasswordsApi
import client.api.RecoveriesApi
import client.api.RegistrationsApi
import client.api.SessionsApi
import client.infrastructure.ClientError
import client.infrastructure.ClientException
import client.infrastructure.Serializer
import client.model.ChallengeChoice
import client.model.CodeProof
import client.model.NewPassword
import client.model.OAuthError
import client.model.Problem
import client.model.RecoveryMethod
import client.model.RecoveryProofWithCode
import client.model.RecoveryStartWithNationalCode
import client.model.RegistrationCompletion
import client.model.RegistrationStartWithNationalCode
import client.model.SecurityAnswer
import client.model.SignInWithNationalCode
import java.io.File
import kotlin.system.exitProcess
import okhttp3.Credentials
import okhttp3.OkHttpClient

/** The journey of journey.ts by a client that openapi-generator made for Kotlin, over OkHttp and Moshi. */
fun main() {
    signUp()
    refusedSignIn("wrong password", "SAVABEGH_URL")
    val token = signIn(env("PASSWORD"))
    profile(token)
    record("record", "SAVABEGH_URL", token)
    val records = InsuranceRecordsApi(env("SAVABEGH_URL"), bearer(token))
    println("year: ${records.getInsuranceRecordYear(env("YEAR").toInt()).insurableWage} rials")
    println("summary: ${records.getInsuranceRecordSummary().days.capped} days")
    record("record of next year", "SAVABEGH_NEXT_YEAR_URL", token)
    refusedSignIn("problem of next year", "SAVABEGH_NEXT_YEAR_URL")
    recover()
    profile(signIn(env("NEW_PASSWORD")))
    upload()
    exitProcess(0) // OkHttp's threads would stay for a minute
}

fun signUp() {
    val start = RegistrationStartWithNationalCode(nationalCode = env("NATIONAL_CODE"), birthDate = env("BIRTH_DATE"), mobile = env("MOBILE"))
    val started = RegistrationsApi(env("SAVABEGH_URL")).startRegistration(start)
    val flow = RegistrationsApi(env("SAVABEGH_URL"), bearer(started.flowToken))
    flow.verifyRegistration(started.id, CodeProof(askForCode()))

    val catalogue = PasswordsApi(env("SAVABEGH_URL")).listSecurityQuestions()
    val answers = catalogue.questions.zip(listOf("باغچهٔ آجری", "کوچهٔ یاس", "دوچرخهٔ قرمز")) { question, answer ->
        SecurityAnswer(question = question.id, answer = answer)
    }
    val complete = { password: String ->
        flow.completeRegistration(
            started.id,
            RegistrationCompletion(password = password, passwordConfirmation = password, securityAnswers = answers),
        )
    }
    val problem = refusal<Problem> { complete("password") }
    println("weak password: ${problem.status} ${problem.code} ${problem.errors?.first()?.pointer}")
    complete(env("PASSWORD"))
}

fun signIn(password: String, service: String = "SAVABEGH_URL"): String {
    val credentials = SignInWithNationalCode(nationalCode = env("NATIONAL_CODE"), password = password)
    return checkNotNull(SessionsApi(env(service)).signIn(credentials).accessToken)
}

fun refusedSignIn(name: String, service: String) {
    val problem = refusal<Problem> { signIn("Wrong7Words", service) }
    println("$name: ${problem.status} ${problem.code}")
}

fun profile(token: String) {
    println("profile: ${AccountApi(env("SAVABEGH_URL"), bearer(token)).getProfile().nationalCode}")
}

fun record(name: String, service: String, token: String) {
    val whole = InsuranceRecordsApi(env(service), bearer(token)).getInsuranceRecords()
    val months = whole.years.flatMap { it.workshops }.flatMap { it.months }
    println("$name: ${months.size} months, ${months.sumOf { it.insurableWage }} rials")
}

fun recover() {
    val started = RecoveriesApi(env("SAVABEGH_URL")).startRecovery(RecoveryStartWithNationalCode(nationalCode = env("NATIONAL_CODE")))
    val flow = RecoveriesApi(env("SAVABEGH_URL"), bearer(started.flowToken))
    flow.challengeRecovery(started.id, ChallengeChoice(RecoveryMethod.sms))
    val proved = flow.verifyRecovery(started.id, RecoveryProofWithCode(code = askForCode()))
    println("recovery: ${proved.next.value}")
    val password = env("NEW_PASSWORD")
    flow.setRecoveredPassword(started.id, NewPassword(newPassword = password, newPasswordConfirmation = password))
}

fun upload() {
    val error = refusal<OAuthError> { machineToken("wrong") }
    println("wrong secret: 401 ${error.error}")
    val lists = EmployerListsApi(env("SAVABEGH_URL"), bearer(machineToken(env("CLIENT_SECRET"))))
    val sent = lists.submitEmployerList(listOf(File(env("WORKSHOP_FILE")), File(env("WORKERS_FILE"))))
    println("upload: ${sent.state.value}")
    println("upload read: ${lists.getEmployerListSubmission(checkNotNull(sent.id)).state.value}")
}

fun machineToken(secret: String): String {
    val basic = authorised(Credentials.basic(env("CLIENT_ID"), secret))
    val grant = MachineClientsApi.GrantTypeGetMachineToken.client_credentials
    return MachineClientsApi(env("SAVABEGH_URL"), basic).getMachineToken(grant).accessToken
}

/** The typed body of a refusal. */
inline fun <reified Body> refusal(call: () -> Unit): Body {
    try {
        call()
    } catch (refused: ClientException) {
        val body = (refused.response as ClientError<*>).body as String
        return checkNotNull(Serializer.moshi.adapter(Body::class.java).fromJson(body))
    }
    error("a refusal was expected")
}

fun authorised(authorization: String): OkHttpClient =
    OkHttpClient.Builder()
        .addInterceptor { chain -> chain.proceed(chain.request().newBuilder().header("Authorization", authorization).build()) }
        .build()

fun bearer(token: String): OkHttpClient = authorised("Bearer $token")

/** What the person reads in the newest message. */
fun askForCode(): String {
    println("code?")
    return readln()
}

fun env(name: String): String = System.getenv(name)
