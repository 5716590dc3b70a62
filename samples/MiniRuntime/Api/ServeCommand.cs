using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using LibNetwork;
using LibNetwork.Cluster;
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
        Option<Uri[]> cluster = new("--cluster")
        {
            Description = "The etcd members that the engines of a cluster share, with commas between: http://ADDRESS:PORT. Networks of driver overlay are then on all of them.",
            CustomParser = ReadEndpoints,
        };
        Option<IPAddress?> advertise = new("--advertise") { Description = "The address of this host at which other engines of the cluster reach it.", CustomParser = ReadAddress };
        Option<string> nodeName = new("--node-name") { Description = "What the host is called in the cluster.", DefaultValueFactory = static _ => Environment.MachineName };
        Command command = new("serve", "Serves the networking part of the Docker Engine API on a unix socket. Needs root.")
        {
            socket, stateFolder, hostNamespace, plugins, cluster, advertise, nodeName,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(cluster) is null != result.GetResult(advertise) is null)
            {
                result.AddError("--cluster and --advertise go together.");
            }
        });
        command.SetAction((result, cancellationToken) => RunAsync(
            new ServeOptions(
                result.GetRequiredValue(socket).FullName, result.GetRequiredValue(stateFolder).FullName, result.GetValue(hostNamespace)?.FullName)
            {
                PluginFolder = result.GetValue(plugins)?.FullName,
                Cluster = result.GetValue(cluster) is { } endpoints && result.GetValue(advertise) is { } address
                    ? new ClusterMembership(endpoints, address, result.GetValue(nodeName) ?? Environment.MachineName)
                    : null,
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
            await JoinAsync(server.Services.GetService<IClusterNode>(), cancellationToken);
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

    /// <summary>An engine whose cluster is not reached serves what it has; it joins with what first needs the cluster.</summary>
    private static async Task JoinAsync(IClusterNode? node, CancellationToken cancellationToken)
    {
        try
        {
            await (node?.JoinAsync(cancellationToken) ?? Task.CompletedTask);
        }
        catch (NetworkException later) when (later.IsTransient)
        {
            await Console.Error.WriteLineAsync($"The cluster is not reached: {later.Message}");
        }
    }

    private static Uri[]? ReadEndpoints(ArgumentResult argument)
    {
        List<Uri> endpoints = [];
        foreach (string text in argument.Tokens.SelectMany(static token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            {
                argument.AddError($"\"{text}\" is not the address of an etcd member, such as http://192.0.2.1:2379.");
                return null;
            }

            endpoints.Add(endpoint);
        }

        return [.. endpoints];
    }

    private static IPAddress? ReadAddress(ArgumentResult argument)
    {
        if (IPAddress.TryParse(argument.Tokens[0].Value, out IPAddress? address))
        {
            return address;
        }

        argument.AddError($"\"{argument.Tokens[0].Value}\" is not an IP address.");
        return null;
    }
}
