// The journey of journey.ts by a client that oapi-codegen made.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"savabegh/foreign-clients/client"
)

var ctx = context.Background()

func main() {
	log.SetFlags(0)
	api := connect("SAVABEGH_URL")
	signUp(api)

	refused := signIn(api, "Wrong7Words")
	problem := refused.ApplicationproblemJSON401
	fmt.Printf("wrong password: %d %s\n", problem.Status, problem.Code)
	token := tokenOf(signIn(api, os.Getenv("PASSWORD")))
	profile(api, token)
	record(api, token, "record")
	year, err := strconv.ParseInt(os.Getenv("YEAR"), 10, 32)
	check(err)
	ofYear, err := api.GetInsuranceRecordYearWithResponse(ctx, int32(year), nil, bearer(token))
	check(err)
	fmt.Printf("year: %d rials\n", ofYear.JSON200.InsurableWage)
	summary, err := api.GetInsuranceRecordSummaryWithResponse(ctx, nil, bearer(token))
	check(err)
	fmt.Printf("summary: %d days\n", summary.JSON200.Days.Capped)

	nextYear := connect("SAVABEGH_NEXT_YEAR_URL")
	record(nextYear, token, "record of next year")
	problem = signIn(nextYear, "Wrong7Words").ApplicationproblemJSON401
	fmt.Printf("problem of next year: %d %s\n", problem.Status, problem.Code)

	recoverAccount(api)
	profile(api, tokenOf(signIn(api, os.Getenv("NEW_PASSWORD"))))
	upload(api)
}

func signUp(api *client.ClientWithResponses) {
	var start client.RegistrationStart
	check(start.FromRegistrationStartWithNationalCode(client.RegistrationStartWithNationalCode{
		NationalCode: os.Getenv("NATIONAL_CODE"),
		BirthDate:    os.Getenv("BIRTH_DATE"),
		Mobile:       os.Getenv("MOBILE"),
	}))
	started, err := api.StartRegistrationWithResponse(ctx, nil, start)
	check(err)
	registration := started.JSON201
	token := bearer(registration.FlowToken)
	verified, err := api.VerifyRegistrationWithResponse(ctx, registration.Id, nil, client.CodeProof{Code: askForCode()}, token)
	check(err)
	if verified.JSON200 == nil {
		log.Fatalf("not verified: %s", verified.Body)
	}

	questions, err := api.ListSecurityQuestionsWithResponse(ctx, nil)
	check(err)
	answers := make([]client.SecurityAnswer, questions.JSON200.QuestionsPerPerson)
	for index, text := range []string{"باغچهٔ آجری", "کوچهٔ یاس", "دوچرخهٔ قرمز"} {
		answers[index] = client.SecurityAnswer{Question: questions.JSON200.Questions[index].Id, Answer: text}
	}
	complete := func(password string) *client.CompleteRegistrationResponse {
		body := client.RegistrationCompletion{
			Password: password, PasswordConfirmation: password, SecurityAnswers: answers,
		}
		completed, err := api.CompleteRegistrationWithResponse(ctx, registration.Id, nil, body, token)
		check(err)
		return completed
	}
	refused := complete("password")
	problem := refused.ApplicationproblemJSON422
	if problem == nil {
		log.Fatalf("a weak password was not refused: %s", refused.Body)
	}
	fmt.Printf("weak password: %d %s %s\n", problem.Status, problem.Code, (*problem.Errors)[0].Pointer)
	if completed := complete(os.Getenv("PASSWORD")); completed.JSON201 == nil {
		log.Fatalf("not signed up: %s", completed.Body)
	}
}

func signIn(api *client.ClientWithResponses, password string) *client.SignInResponse {
	var credentials client.SignIn
	check(credentials.FromSignInWithNationalCode(client.SignInWithNationalCode{
		NationalCode: os.Getenv("NATIONAL_CODE"), Password: password,
	}))
	answer, err := api.SignInWithResponse(ctx, nil, credentials)
	check(err)
	return answer
}

func tokenOf(signedIn *client.SignInResponse) string {
	if signedIn.JSON201 == nil {
		log.Fatalf("not signed in: %s", signedIn.Body)
	}
	return *signedIn.JSON201.AccessToken
}

func profile(api *client.ClientWithResponses, token string) {
	own, err := api.GetProfileWithResponse(ctx, nil, bearer(token))
	check(err)
	fmt.Printf("profile: %s\n", *own.JSON200.NationalCode)
}

func record(api *client.ClientWithResponses, token string, name string) {
	whole, err := api.GetInsuranceRecordsWithResponse(ctx, nil, bearer(token))
	check(err)
	months, wage := 0, client.Money(0)
	for _, year := range whole.JSON200.Years {
		for _, workshop := range year.Workshops {
			for _, month := range workshop.Months {
				months++
				wage += month.InsurableWage
			}
		}
	}
	fmt.Printf("%s: %d months, %d rials\n", name, months, wage)
}

func recoverAccount(api *client.ClientWithResponses) {
	var start client.RecoveryStart
	check(start.FromRecoveryStartWithNationalCode(client.RecoveryStartWithNationalCode{
		NationalCode: os.Getenv("NATIONAL_CODE"),
	}))
	started, err := api.StartRecoveryWithResponse(ctx, nil, start)
	check(err)
	recovery := started.JSON201
	token := bearer(recovery.FlowToken)
	method := client.ChallengeChoice{Method: client.RecoveryMethodSms}
	_, err = api.ChallengeRecoveryWithResponse(ctx, recovery.Id, nil, method, token)
	check(err)
	var proof client.RecoveryProof
	check(proof.FromRecoveryProofWithCode(client.RecoveryProofWithCode{Code: askForCode()}))
	proved, err := api.VerifyRecoveryWithResponse(ctx, recovery.Id, nil, proof, token)
	check(err)
	fmt.Printf("recovery: %s\n", proved.JSON200.Next)
	password := os.Getenv("NEW_PASSWORD")
	_, err = api.SetRecoveredPasswordWithResponse(ctx, recovery.Id, nil, client.NewPassword{
		NewPassword: password, NewPasswordConfirmation: password,
	}, token)
	check(err)
}

func upload(api *client.ClientWithResponses) {
	ask := func(secret string) *client.GetMachineTokenResponse {
		body := client.GetMachineTokenFormdataRequestBody{GrantType: client.ClientCredentials}
		answer, err := api.GetMachineTokenWithFormdataBodyWithResponse(ctx, nil, body, func(_ context.Context, request *http.Request) error {
			request.SetBasicAuth(os.Getenv("CLIENT_ID"), secret)
			return nil
		})
		check(err)
		return answer
	}
	refused := ask("wrong")
	fmt.Printf("wrong secret: %d %s\n", refused.StatusCode(), refused.JSON401.Error)
	token := bearer(ask(os.Getenv("CLIENT_SECRET")).JSON200.AccessToken)

	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	for _, variable := range []string{"WORKSHOP_FILE", "WORKERS_FILE"} {
		content, err := os.ReadFile(os.Getenv(variable))
		check(err)
		part, err := writer.CreateFormFile("list", filepath.Base(os.Getenv(variable)))
		check(err)
		_, err = part.Write(content)
		check(err)
	}
	check(writer.Close())
	sent, err := api.SubmitEmployerListWithBodyWithResponse(ctx, nil, writer.FormDataContentType(), io.Reader(&form), token)
	check(err)
	if sent.JSON201 == nil {
		log.Fatalf("not taken in: %s", sent.Body)
	}
	fmt.Printf("upload: %s\n", sent.JSON201.State)
	read, err := api.GetEmployerListSubmissionWithResponse(ctx, *sent.JSON201.Id, nil, token)
	check(err)
	fmt.Printf("upload read: %s\n", read.JSON200.State)
}

func connect(variable string) *client.ClientWithResponses {
	api, err := client.NewClientWithResponses(os.Getenv(variable))
	check(err)
	return api
}

func bearer(token string) client.RequestEditorFn {
	return func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
}

// What the person reads in the newest message.
func askForCode() string {
	fmt.Println("code?")
	var code string
	_, err := fmt.Scanln(&code)
	check(err)
	return code
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
