// Sends body-*.json of this folder to Failures_CL. Needs Azure.Identity, and an identity that may
// publish to the rule.
using System.IO.Compression;
using System.Net.Http.Headers;
using Azure.Core;
using Azure.Identity;

var endpoint = Environment.GetEnvironmentVariable("ENDPOINT") ?? "https://ENDPOINT";
var rule = Environment.GetEnvironmentVariable("RULE") ?? "dcr-ID";
var uri = $"{endpoint}/dataCollectionRules/{rule}/streams/Custom-Json-Failures_CL?api-version=2023-01-01";
var credential = new DefaultAzureCredential(new DefaultAzureCredentialOptions { AuthorityHost = new Uri("https://login.microsoftonline.com") });
var token = await credential.GetTokenAsync(new TokenRequestContext(["https://monitor.azure.com//.default"]));
using var client = new HttpClient();
client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
foreach (var name in Directory.GetFiles(".", "body-*.json").Order(StringComparer.Ordinal))
{
    using var packed = new MemoryStream();
    using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
    {
        gzip.Write(File.ReadAllBytes(name));
    }
    using var content = new ByteArrayContent(packed.ToArray());
    content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
    content.Headers.ContentEncoding.Add("gzip");
    using var response = await client.PostAsync(uri, content);
    response.EnsureSuccessStatusCode();
    Console.WriteLine($"{name} sent");
}
