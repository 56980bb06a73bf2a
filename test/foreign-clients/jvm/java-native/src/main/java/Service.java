import client.ApiClient;
import java.io.IOException;

/** Over the HTTP client of the JDK, and Jackson. */
final class Service {
  private Service() {}

  static ApiClient connect(String address, String authorization) {
    ApiClient service = new ApiClient();
    service.updateBaseUri(address);
    if (authorization != null) {
      service.setRequestInterceptor(request -> request.header("Authorization", authorization));
    }
    return service;
  }

  static <T> T read(String json, Class<T> kind) throws IOException {
    return ApiClient.createDefaultObjectMapper().readValue(json, kind);
  }
}
