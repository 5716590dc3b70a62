using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MiniRuntime.Api.Streams;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>The HTTP server: nothing of it comes from the environment or from settings files.</summary>
internal static class ApiServer
{
    private const int MaxBodySize = 4 << 20;   // of all but archives, in bytes
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    public static WebApplication Build(ServeOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => Configure(kestrel, options.SocketPath))
            .UseSockets(sockets => sockets.CreateBoundListenSocket = EngineSocket.Bind);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddRouting();
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);   // answered like all failures
        builder.Services.Configure<JsonOptions>(json => ApiJson.Configure(json.SerializerOptions));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);   // then what still streams is cut off
        builder.Services.AddEngine(options);

        WebApplication server = builder.Build();
        server.Use(SystemRoutes.AddHeadersAsync);
        server.UseMiddleware<ErrorAnswers>();
        server.Use(ApiVersions.TakePrefixAsync);
        server.UseRouting();   // after the prefix is gone
        MapRoutes(server, server.Services.GetRequiredService<RuntimeEngine>());
        return server;
    }

    private static void MapRoutes(IEndpointRouteBuilder routes, RuntimeEngine engine)
    {
        SystemRoutes.Map(routes, engine);
        EventRoutes.Map(routes, engine);
        ImageRoutes.Map(routes, engine);
        NetworkRoutes.Map(routes, engine);
        ContainerRoutes.Map(routes, engine);
        StreamRoutes.Map(routes, engine);
        ExecRoutes.Map(routes, engine);
        AbsentRoutes.Map(routes);
    }

    private static void Configure(KestrelServerOptions kestrel, string socketPath)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodySize;
        kestrel.Limits.MinResponseDataRate = null;   // who follows events or logs reads when there are some, and may pause
        kestrel.ListenUnixSocket(socketPath, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            RawConnection.Use(listen);
        });
    }
}
