using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Containers;

namespace MiniRuntime.Api;

/// <summary>What the engine says about itself.</summary>
internal static class SystemRoutes
{
    public static string EngineVersion { get; } = typeof(SystemRoutes).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public static void Map(IEndpointRouteBuilder routes, RuntimeEngine engine)
    {
        routes.MapMethods("/_ping", [HttpMethods.Get, HttpMethods.Head], Ping);
        routes.MapGet("/version", Version);
        routes.MapGet("/info", () => Info(engine));
    }

    /// <summary>The headers that all answers carry; clients learn the API's version from them.</summary>
    public static Task AddHeadersAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["Api-Version"] = ApiVersions.Newest;
        headers["Docker-Experimental"] = "false";
        headers["Ostype"] = "linux";
        headers.Server = $"MiniRuntime/{EngineVersion} (linux)";
        return next(context);
    }

    private static ContentHttpResult Ping(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        context.Response.Headers.Pragma = "no-cache";
        context.Response.Headers["Builder-Version"] = "1";
        context.Response.Headers["Swarm"] = "inactive";
        return TypedResults.Text("OK", "text/plain");
    }

    private static VersionMessage Version() => new()
    {
        Platform = new PlatformMessage("MiniRuntime, a sample of LibNetwork.Net"),
        Components =
        [
            new ComponentMessage("Engine", EngineVersion, new Dictionary<string, string>
            {
                ["ApiVersion"] = ApiVersions.Newest,
                ["MinAPIVersion"] = ApiVersions.Oldest,
                ["Os"] = "linux",
                ["Arch"] = Machine.GoArchitecture,
                ["KernelVersion"] = Machine.KernelVersion,
                ["Experimental"] = "false",
            }),
        ],
        Version = EngineVersion,
        ApiVersion = ApiVersions.Newest,
        MinAPIVersion = ApiVersions.Oldest,
        Os = "linux",
        Arch = Machine.GoArchitecture,
        KernelVersion = Machine.KernelVersion,
    };

    private static InfoMessage Info(RuntimeEngine engine)
    {
        IReadOnlyList<Container> containers = engine.Containers.List();
        int running = containers.Count(container => container.Record.Status == ContainerStatus.Running);
        return new InfoMessage
        {
            Id = EngineId.Of(engine.StateFolder),
            Name = Environment.MachineName,
            ServerVersion = EngineVersion,
            Containers = containers.Count,
            ContainersRunning = running,
            ContainersStopped = containers.Count - running,
            Images = engine.Images.List().Count,
            Plugins = new PluginsMessage([.. engine.Controller.Drivers.Order(StringComparer.Ordinal)]),
            NEventsListener = engine.Events.Listeners,
            SystemTime = engine.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            KernelVersion = Machine.KernelVersion,
            OperatingSystem = Machine.OperatingSystem,
            Architecture = Machine.KernelArchitecture,
            Processors = Environment.ProcessorCount,
            Memory = Machine.Memory,
            DockerRootDir = engine.StateFolder,
        };
    }
}
