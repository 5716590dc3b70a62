using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>The calls to an engine that speaks the Docker Engine API, through its socket. Thread safe.</summary>
/// <remarks>
/// A refusal is an <see cref="EngineRefusalException"/> with the engine's own message; an engine that is not there, or goes away, is an
/// <see cref="EngineUnreachableException"/>. Removing what is gone succeeds.
/// </remarks>
internal sealed class EngineApi : IDisposable
{
    private const string VersionHeader = "Api-Version";

    private static readonly Version NewestVersion = new(1, 47);

    private readonly string _socketPath;
    private readonly HttpClient _http;

    private EngineApi(string socketPath)
    {
        _socketPath = socketPath;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => ConnectAsync(socketPath, cancellationToken) })
        {
            BaseAddress = new Uri("http://engine/"),   // the name means nothing on a unix socket
            Timeout = Timeout.InfiniteTimeSpan,        // waiting for a container takes as long as it runs
        };
    }

    /// <summary>The version that both sides know; calls are made in it.</summary>
    public Version ApiVersion { get; private set; } = NewestVersion;

    /// <summary>Finds the engine, and agrees on a version with it.</summary>
    public static async Task<EngineApi> OpenAsync(string socketPath, CancellationToken cancellationToken)
    {
        EngineApi engine = new(socketPath);
        try
        {
            using HttpResponseMessage response = await engine.SendAsync(HttpMethod.Get, "_ping", content: null, cancellationToken);
            if (response.Headers.TryGetValues(VersionHeader, out IEnumerable<string>? values)
                && Version.TryParse(values.First(), out Version? version) && version < NewestVersion)
            {
                engine.ApiVersion = version;
            }

            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>The networks with a label, given as <c>name</c> or <c>name=value</c>.</summary>
    public Task<NetworkSummary[]> ListNetworksAsync(string label, CancellationToken cancellationToken)
        => GetAsync($"networks?filters={Filter("label", label)}", ClientJson.Default.NetworkSummaryArray, cancellationToken);

    /// <summary>The networks with a name; engines before API 1.44 may have several.</summary>
    public async Task<NetworkSummary[]> FindNetworksAsync(string name, CancellationToken cancellationToken)
    {
        NetworkSummary[] like = await GetAsync($"networks?filters={Filter("name", name)}", ClientJson.Default.NetworkSummaryArray, cancellationToken);
        return [.. like.Where(network => network.Name == name)];   // the filter finds names that contain it
    }

    /// <returns>The new network's id.</returns>
    public Task<string> CreateNetworkAsync(NetworkCreation network, CancellationToken cancellationToken)
        => CreateAsync("networks/create", JsonContent.Create(network, ClientJson.Default.NetworkCreation), cancellationToken);

    public Task RemoveNetworkAsync(string id, CancellationToken cancellationToken)
        => RemoveAsync($"networks/{Uri.EscapeDataString(id)}", cancellationToken);

    public Task ConnectAsync(string network, string container, EndpointSettings endpoint, CancellationToken cancellationToken)
        => PostAsync(
            $"networks/{Uri.EscapeDataString(network)}/connect",
            JsonContent.Create(new NetworkConnection { Container = container, EndpointConfig = endpoint }, ClientJson.Default.NetworkConnection),
            cancellationToken);

    /// <summary>The containers with a label, running or not, given as <c>name</c> or <c>name=value</c>.</summary>
    public Task<ContainerSummary[]> ListContainersAsync(string label, CancellationToken cancellationToken)
        => GetAsync($"containers/json?all=1&filters={Filter("label", label)}", ClientJson.Default.ContainerSummaryArray, cancellationToken);

    /// <returns>The new container's id.</returns>
    public Task<string> CreateContainerAsync(
        string name, ContainerConfig config, HostConfig hostConfig, NetworkingConfig networking, CancellationToken cancellationToken)
    {
        // The body is the container's configuration, with the other two as further members of it.
        JsonObject body = JsonSerializer.SerializeToNode(config, ClientJson.Default.ContainerConfig)!.AsObject();   // it is not null
        body[nameof(HostConfig)] = JsonSerializer.SerializeToNode(hostConfig, ClientJson.Default.HostConfig);
        body[nameof(NetworkingConfig)] = JsonSerializer.SerializeToNode(networking, ClientJson.Default.NetworkingConfig);
        return CreateAsync($"containers/create?name={Uri.EscapeDataString(name)}", new StringContent(body.ToJsonString(), mediaType: new("application/json")), cancellationToken);
    }

    public Task StartContainerAsync(string id, CancellationToken cancellationToken)
        => PostAsync($"containers/{id}/start", content: null, cancellationToken);

    /// <summary>Stops a container; one that does not run is not an error.</summary>
    public Task StopContainerAsync(string id, CancellationToken cancellationToken)
        => PostAsync($"containers/{id}/stop", content: null, cancellationToken);

    public Task RenameContainerAsync(string id, string name, CancellationToken cancellationToken)
        => PostAsync($"containers/{id}/rename?name={Uri.EscapeDataString(name)}", content: null, cancellationToken);

    /// <summary>Removes a container, also one that runs.</summary>
    public Task RemoveContainerAsync(string id, CancellationToken cancellationToken)
        => RemoveAsync($"containers/{id}?force=1", cancellationToken);

    /// <summary>Waits until a container does not run.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<long> WaitForContainerAsync(string id, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, Versioned($"containers/{id}/wait"), content: null, cancellationToken);
        return (await ReadAsync(response, ClientJson.Default.Ended, cancellationToken)).StatusCode;
    }

    /// <returns>The image's id; <see langword="null"/> when the engine does not have it.</returns>
    public async Task<string?> FindImageAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await GetAsync($"images/{Uri.EscapeDataString(name)}/json", ClientJson.Default.ImageDetails, cancellationToken)).Id;
        }
        catch (EngineRefusalException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Filter(string kind, string value)
        => Uri.EscapeDataString(JsonSerializer.Serialize(new Dictionary<string, string[]> { [kind] = [value] }, ClientJson.Default.DictionaryStringStringArray));

    private static async ValueTask<Stream> ConnectAsync(string socketPath, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private string Versioned(string path) => $"v{ApiVersion}/{path}";

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, Versioned(path), content: null, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    private async Task<string> CreateAsync(string path, HttpContent content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, Versioned(path), content, cancellationToken);
        return (await ReadAsync(response, ClientJson.Default.Created, cancellationToken)).Id;
    }

    private async Task PostAsync(string path, HttpContent? content, CancellationToken cancellationToken)
        => (await SendAsync(HttpMethod.Post, Versioned(path), content, cancellationToken)).Dispose();

    private async Task RemoveAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            (await SendAsync(HttpMethod.Delete, Versioned(path), content: null, cancellationToken)).Dispose();
        }
        catch (EngineRefusalException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            // Gone already.
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }

        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)   // it is so already
        {
            return response;
        }

        using (response)
        {
            string body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new EngineRefusalException(response.StatusCode, MessageIn(body) ?? $"the engine answered {(int)response.StatusCode} to {method} {path}");
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new EngineUnreachableException("The engine answered nothing.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Unreachable(exception);
        }
        catch (JsonException exception)
        {
            throw new EngineUnreachableException($"The engine at {_socketPath} does not speak the Docker Engine API: {exception.Message}", exception);
        }
    }

    private EngineUnreachableException Unreachable(Exception exception)
        => new($"No engine answers at {_socketPath}: {exception.Message}. Is it running?", exception);

    private static string? MessageIn(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ClientJson.Default.Refusal)?.Message;
        }
        catch (JsonException)
        {
            return body.Length == 0 ? null : body.Trim();
        }
    }
}
