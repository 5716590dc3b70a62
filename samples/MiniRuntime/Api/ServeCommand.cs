using System.CommandLine;
using LibNetwork;
using LibNetwork.Linux;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary><c>serve</c>: an engine that the docker command line is a client of. Containers and their networks outlive it.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Option<FileInfo> socket = new("--socket") { Description = "The unix socket to listen on: docker -H unix://SOCKET.", Required = true };
        Option<DirectoryInfo> stateFolder = new("--state-dir") { Description = "The folder for all that the engine keeps.", Required = true };
        Option<FileInfo?> hostNamespace = new("--host-netns") { Description = "The pinned network namespace that is the host; by default this process's own." };
        Option<DirectoryInfo?> plugins = new("--plugin-dir") { Description = "The folder of network plugins' sockets; by default /run/docker/plugins." };
        Command command = new("serve", "Serves the networking part of the Docker Engine API on a unix socket. Needs root.") { socket, stateFolder, hostNamespace, plugins };
        command.SetAction((result, cancellationToken) => RunAsync(
            new ServeOptions(
                result.GetRequiredValue(socket).FullName, result.GetRequiredValue(stateFolder).FullName, result.GetValue(hostNamespace)?.FullName)
            {
                PluginFolder = result.GetValue(plugins)?.FullName,
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        if (Requirements.Missing() is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return ExitCode.CannotRun;
        }

        try
        {
            using StateLock stateLock = StateLock.Take(options.StateFolder);
            EngineSocket.RemoveStale(options.SocketPath);
            await using WebApplication server = ApiServer.Build(options);

            // The library first: the engine's own state refers to its networks and sandboxes.
            await server.Services.GetRequiredService<INetworkController>().RestoreAsync(cancellationToken);
            await server.Services.GetRequiredService<RuntimeEngine>().StartAsync(cancellationToken);
            await server.StartAsync(cancellationToken);
            Console.WriteLine($"Serving on {options.SocketPath}.");
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await server.StopAsync(CancellationToken.None);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Success;   // it was stopped while it started; what it had begun is taken up or undone by the next one
        }
        catch (Exception exception) when (exception is KernelException or NetworkException or EngineException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The engine cannot run: {exception.Message}");
            return ExitCode.CannotRun;
        }
    }
}
