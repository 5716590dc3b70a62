using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Samples.Tests.Compose;

/// <summary>A small engine in memory behind a real socket. Keeps the calls that change something, and fails where a test says so.</summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-compose-").FullName;
    private readonly WebApplication _application;
    private readonly Dictionary<string, JsonObject> _networks = [];
    private readonly Dictionary<string, JsonObject> _containers = [];
    private readonly List<string> _calls = [];
    private int _lastId;

    private FakeEngine()
    {
        SocketPath = Path.Combine(_folder, "engine.sock");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(SocketPath));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    public string SocketPath { get; }

    /// <summary>The version that the engine says it has.</summary>
    public string ApiVersion { get; set; } = "1.47";

    /// <summary>Says of a call whether it fails, with which message; may also do something else meanwhile.</summary>
    public Func<string, string?> Refuse { get; set; } = _ => null;

    /// <summary>The calls that changed something, or tried: <c>create container shop-web-1</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The paths of all requests, with their version.</summary>
    public List<string> Paths { get; } = [];

    public IReadOnlyCollection<string> NetworkNames => Names(_networks, "Name");

    /// <summary>Each with a star when it does not run.</summary>
    public IReadOnlyCollection<string> ContainerNames => Names(_containers, "FakeName");

    public JsonObject Container(string name) => _containers.Values.Single(container => (string?)container["FakeName"] == name);

    public static async Task<FakeEngine> StartAsync()
    {
        FakeEngine engine = new();
        await engine._application.StartAsync(TestContext.Current.CancellationToken);
        return engine;
    }

    public void ForgetCalls()
    {
        lock (_gate)
        {
            _calls.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string[] Names(Dictionary<string, JsonObject> objects, string name)
        => [.. objects.Values.Select(item => $"{item[name]}{((string?)item["State"] is null or "running" ? string.Empty : "*")}").Order(StringComparer.Ordinal)];

    private async Task AnswerAsync(HttpContext context)
    {
        JsonObject body = context.Request.ContentType is not null
            ? (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject()
            : [];
        JsonNode? answer;
        lock (_gate)
        {
            string path = context.Request.Path.Value!;
            Paths.Add(path);
            context.Response.Headers["Api-Version"] = ApiVersion;
            string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            parts = parts[0].StartsWith('v') ? parts[1..] : parts;
            try
            {
                answer = Answer(context, parts, body);
            }
            catch (RefusedException refused)
            {
                context.Response.StatusCode = refused.Status;
                answer = new JsonObject { ["message"] = refused.Message };
            }
        }

        if (answer is not null)
        {
            await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
        }
    }

    private JsonNode? Answer(HttpContext context, string[] parts, JsonObject body) => (context.Request.Method, parts) switch
    {
        ("GET", ["_ping"]) => JsonValue.Create("OK"),
        ("GET", ["images", "bb", "json"]) => new JsonObject { ["Id"] = "sha256:1" },
        ("GET", ["networks"]) => List(context, _networks),
        ("GET", ["containers", "json"]) => List(context, _containers),
        ("POST", ["networks", "create"]) => CreateNetwork(body),
        ("POST", ["networks", var network, "connect"]) => Connect(network, body),
        ("DELETE", ["networks", var network]) => Remove(_networks, "network", Find(_networks, network, "Name")),
        ("POST", ["containers", "create"]) => CreateContainer(context.Request.Query["name"]!, body),
        ("POST", ["containers", var id, "start"]) => SetState(id, "start", "running"),
        ("POST", ["containers", var id, "stop"]) => SetState(id, "stop", "exited"),
        ("POST", ["containers", var id, "wait"]) => Wait(id),
        ("POST", ["containers", var id, "rename"]) => Rename(id, context.Request.Query["name"]!),
        ("DELETE", ["containers", var id]) => Remove(_containers, "container", Find(_containers, id, "FakeName")),
        _ => throw new RefusedException(404, $"no such page: {context.Request.Method} {context.Request.Path}"),
    };

    private static JsonArray List(HttpContext context, Dictionary<string, JsonObject> objects)
    {
        JsonObject filters = JsonNode.Parse((string?)context.Request.Query["filters"] ?? "{}")!.AsObject();
        string? label = (string?)filters["label"]?[0];
        string? name = (string?)filters["name"]?[0];
        return new JsonArray([.. objects.Values
            .Where(item => label is null || (label.Split('=') is [var key, var value] ? (string?)item["Labels"]?[key] == value : item["Labels"]?[label] is not null))
            .Where(item => name is null || ((string)item["Name"]!).Contains(name, StringComparison.Ordinal))
            .Select(item => item.DeepClone())]);
    }

    private JsonObject CreateNetwork(JsonObject body)
    {
        Call($"create network {body["Name"]}");
        string id = NextId();
        _networks[id] = new JsonObject { ["Id"] = id, ["Name"] = body["Name"]!.DeepClone(), ["Labels"] = body["Labels"]?.DeepClone(), ["Body"] = body };
        return new JsonObject { ["Id"] = id };
    }

    private JsonObject CreateContainer(string name, JsonObject body)
    {
        Call($"create container {name}");
        if (_containers.Values.Any(container => (string?)container["FakeName"] == name))
        {
            throw new RefusedException(409, $"Conflict. The container name \"/{name}\" is already in use");
        }

        string id = NextId();
        JsonObject networks = [];
        foreach ((string network, JsonNode? endpoint) in body["NetworkingConfig"]?["EndpointsConfig"]?.AsObject() ?? [])
        {
            networks[network] = endpoint!.DeepClone();
        }

        _containers[id] = new JsonObject
        {
            ["Id"] = id,
            ["FakeName"] = name,
            ["Names"] = new JsonArray($"/{name}"),
            ["ImageID"] = "sha256:1",
            ["Labels"] = body["Labels"]?.DeepClone(),
            ["State"] = "created",
            ["Body"] = body,
            ["NetworkSettings"] = new JsonObject { ["Networks"] = networks },
        };
        return new JsonObject { ["Id"] = id };
    }

    private JsonObject? Connect(string network, JsonObject body)
    {
        JsonObject container = Find(_containers, (string)body["Container"]!, "FakeName");
        Call($"connect {container["FakeName"]} {network}");
        container["NetworkSettings"]!["Networks"]![network] = body["EndpointConfig"]!.DeepClone();
        return null;
    }

    private JsonObject? SetState(string id, string verb, string state)
    {
        JsonObject container = Find(_containers, id, "FakeName");
        Call($"{verb} {container["FakeName"]}");
        container["State"] = state;
        return null;
    }

    private JsonObject Wait(string id)
    {
        JsonObject container = Find(_containers, id, "FakeName");
        Call($"wait {container["FakeName"]}");
        container["State"] = "exited";
        return new JsonObject { ["StatusCode"] = (string?)container["Body"]!["Hostname"] == "fails" ? 3 : 0 };
    }

    private JsonObject? Rename(string id, string name)
    {
        JsonObject container = Find(_containers, id, "FakeName");
        Call($"rename {container["FakeName"]}");
        container["FakeName"] = name;
        container["Names"] = new JsonArray($"/{name}");
        return null;
    }

    private JsonObject? Remove(Dictionary<string, JsonObject> objects, string kind, JsonObject item)
    {
        Call($"remove {kind} {item["FakeName"] ?? item["Name"]}");
        objects.Remove((string)item["Id"]!);
        return null;
    }

    private static JsonObject Find(Dictionary<string, JsonObject> objects, string idOrName, string name)
        => objects.GetValueOrDefault(idOrName) ?? objects.Values.FirstOrDefault(item => (string?)item[name] == idOrName)
            ?? throw new RefusedException(404, $"No such object: {idOrName}");

    private void Call(string call)
    {
        _calls.Add(call);
        if (Refuse(call) is { } message)
        {
            throw new RefusedException(500, message);
        }
    }

    private string NextId() => $"{++_lastId:x12}";

    private sealed class RefusedException(int status, string message) : Exception(message)
    {
        public int Status { get; } = status;
    }
}
