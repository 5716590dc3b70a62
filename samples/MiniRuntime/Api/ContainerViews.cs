using System.Globalization;
using LibNetwork;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Containers;
using MiniRuntime.Engine.Model;
using PortBinding = MiniRuntime.Engine.Model.PortBinding;

namespace MiniRuntime.Api;

/// <summary>Containers as the API shows them.</summary>
internal static class ContainerViews
{
    private const string Never = "0001-01-01T00:00:00Z";

    public static ContainerMessage Details(Container container)
    {
        ContainerRecord record = container.Record;
        string[] command = Command(record);
        return new ContainerMessage
        {
            Id = record.Id,
            Created = Time(record.Created),
            Path = command[0],
            Args = command[1..],
            State = new ContainerStateMessage
            {
                Status = State(record),
                Running = record.Status == ContainerStatus.Running,
                Pid = record.ProcessId,
                ExitCode = record.ExitCode,
                Error = record.Error,
                StartedAt = Time(record.StartedAt),
                FinishedAt = Time(record.FinishedAt),
            },
            Image = record.ImageId,
            ResolvConfPath = container.Files.ResolvConfPath,
            HostnamePath = container.Files.HostNamePath,
            HostsPath = container.Files.HostsPath,
            Name = $"/{record.Name}",
            HostConfig = record.HostConfig,
            Config = record.Config,
            NetworkSettings = Network(record),
        };
    }

    public static ContainerSummaryMessage Summary(ContainerRecord record, DateTimeOffset now) => new()
    {
        Id = record.Id,
        Names = [$"/{record.Name}"],
        Image = record.Config.Image,
        ImageID = record.ImageId,
        Command = string.Join(' ', Command(record)),
        Created = record.Created.ToUnixTimeSeconds(),
        Ports = [.. PublishedPorts.Of(record).SelectMany(port => Ports(TransportPort.Parse(port.Key), port.Value))],
        Labels = record.Config.Labels ?? new Dictionary<string, string>(),
        State = State(record),
        Status = Status(record, now),
        HostConfig = new ContainerSummaryMessage.SummaryHostConfig(record.HostConfig.NetworkMode ?? NetworkMode.Bridge),
        NetworkSettings = new ContainerSummaryMessage.SummaryNetworks(record.ShownNetworks()),
    };

    /// <summary>The state as a word of the API.</summary>
    public static string State(ContainerRecord record) => record.Status switch
    {
        ContainerStatus.Created => "created",
        ContainerStatus.Starting => record.FinishedAt is null ? "created" : "exited",
        ContainerStatus.Running => "running",
        ContainerStatus.Exited => "exited",
        _ => "removing",
    };

    private static string Status(ContainerRecord record, DateTimeOffset now) => record.Status switch
    {
        ContainerStatus.Running => $"Up {ElapsedTime.InWords(now - (record.StartedAt ?? now))}",
        ContainerStatus.Exited => $"Exited ({record.ExitCode}) {ElapsedTime.InWords(now - (record.FinishedAt ?? now))} ago",
        ContainerStatus.Removing => "Removal In Progress",
        _ => "Created",
    };

    private static ContainerNetworkMessage Network(ContainerRecord record)
    {
        EndpointSettings onBridge = record.Attached.GetValueOrDefault(NetworkMode.Bridge, new EndpointSettings());
        return new ContainerNetworkMessage
        {
            SandboxID = record.SandboxId,
            SandboxKey = record.SandboxKey,
            Ports = PublishedPorts.Of(record),
            EndpointID = onBridge.EndpointId,
            Gateway = onBridge.Gateway,
            GlobalIPv6Address = onBridge.GlobalIPv6Address,
            GlobalIPv6PrefixLen = onBridge.GlobalIPv6PrefixLength,
            IPAddress = onBridge.IPAddress,
            IPPrefixLen = onBridge.IPPrefixLength,
            IPv6Gateway = onBridge.IPv6Gateway,
            MacAddress = onBridge.MacAddress ?? string.Empty,
            Networks = record.ShownNetworks(),
        };
    }

    private static IEnumerable<PortMessage> Ports(TransportPort port, IReadOnlyList<PortBinding>? bindings)
    {
        string type = port.Protocol.ToString().ToLowerInvariant();
        return bindings is not { Count: > 0 }
            ? [new PortMessage { PrivatePort = port.Number, Type = type }]
            : bindings.Select(binding => new PortMessage
            {
                IP = binding.HostIp,
                PrivatePort = port.Number,
                PublicPort = int.Parse(binding.HostPort, CultureInfo.InvariantCulture),
                Type = type,
            });
    }

    private static string[] Command(ContainerRecord record) => [.. record.Config.Entrypoint ?? [], .. record.Config.Cmd ?? []];

    private static string Time(DateTimeOffset? time)
        => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture) ?? Never;
}
