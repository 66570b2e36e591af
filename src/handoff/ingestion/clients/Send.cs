// Sends body-*.json of this folder to @TABLE@. Needs Azure.Identity, and an identity that may
// publish to the rule.
using System.IO.Compression;
using System.Net.Http.Headers;
using Azure.Core;
using Azure.Identity;

var endpoint = Environment.GetEnvironmentVariable("ENDPOINT") ?? "@ENDPOINT@";
var rule = Environment.GetEnvironmentVariable("RULE") ?? "@RULE@";
var uri = $"{endpoint}/dataCollectionRules/{rule}/streams/@STREAM@?api-version=@VERSION@";
var credential = new DefaultAzureCredential(new DefaultAzureCredentialOptions { AuthorityHost = new Uri("@LOGIN@") });
var token = await credential.GetTokenAsync(new TokenRequestContext(["@SCOPE@"]));
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
