// Sends body-*.json of this folder to @TABLE@. Needs com.azure:azure-identity, and an identity that
// may publish to the rule.
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.DefaultAzureCredentialBuilder;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

public class Send {
    public static void main(String[] args) throws Exception {
        var endpoint = System.getenv().getOrDefault("ENDPOINT", "@ENDPOINT@");
        var rule = System.getenv().getOrDefault("RULE", "@RULE@");
        var uri = URI.create(endpoint + "/dataCollectionRules/" + rule + "/streams/@STREAM@?api-version=@VERSION@");
        var credential = new DefaultAzureCredentialBuilder().authorityHost("@LOGIN@").build();
        var token = credential.getTokenSync(new TokenRequestContext().addScopes("@SCOPE@")).getToken();
        var client = HttpClient.newHttpClient();
        try (var files = Files.newDirectoryStream(Path.of("."), "body-*.json")) {
            for (var body : files) {
                var packed = new ByteArrayOutputStream();
                try (var gzip = new GZIPOutputStream(packed)) {
                    Files.copy(body, gzip);
                }
                var request = HttpRequest.newBuilder(uri)
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json")
                    .header("Content-Encoding", "gzip")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(packed.toByteArray()))
                    .build();
                var response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() >= 300) {
                    throw new IllegalStateException(body + ": " + response.statusCode() + " " + response.body());
                }
                System.out.println(body + " sent");
            }
        }
    }
}
