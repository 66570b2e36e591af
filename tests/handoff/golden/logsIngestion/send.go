// Sends body-*.json of this folder to Failures_CL. Needs azidentity, and an identity that may publish to
// the rule.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

func or(name, value string) string {
	if given := os.Getenv(name); given != "" {
		return given
	}
	return value
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	uri := or("ENDPOINT", "https://ENDPOINT") + "/dataCollectionRules/" + or("RULE", "dcr-ID") +
		"/streams/Custom-Json-Failures_CL?api-version=2023-01-01"
	options := azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: "https://login.microsoftonline.com"}}
	credential := must(azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{ClientOptions: options}))
	token := must(credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{"https://monitor.azure.com//.default"}}))
	for _, name := range must(filepath.Glob("body-*.json")) {
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		must(writer.Write(must(os.ReadFile(name))))
		must(0, writer.Close())
		request := must(http.NewRequest(http.MethodPost, uri, &packed))
		request.Header.Set("Authorization", "Bearer "+token.Token)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Content-Encoding", "gzip")
		response := must(http.DefaultClient.Do(request))
		answer := must(io.ReadAll(response.Body))
		response.Body.Close()
		if response.StatusCode >= 300 {
			must(0, fmt.Errorf("%s: %s %s", name, response.Status, answer))
		}
		fmt.Println(name, "sent")
	}
}
