import client.ApiClient;
import client.JSON;

/** Over OkHttp and Gson. */
final class Service {
  private Service() {}

  static ApiClient connect(String address, String authorization) {
    ApiClient service = new ApiClient();
    service.setBasePath(address);
    if (authorization != null) service.addDefaultHeader("Authorization", authorization);
    return service;
  }

  static <T> T read(String json, Class<T> kind) {
    return JSON.deserialize(json, kind);
  }
}
