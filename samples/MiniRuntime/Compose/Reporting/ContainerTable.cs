using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Plan;
using MiniRuntime.Engine.Model;
using Spectre.Console;

namespace MiniRuntime.Compose.Reporting;

/// <summary>Containers, each with a line for each of its networks and ports.</summary>
internal static class ContainerTable
{
    public static Table Render(IEnumerable<ContainerSummary> containers)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("Project", "Service", "Container", "State", "Addresses", "Ports");
        foreach (ContainerSummary container in containers
            .OrderBy(container => container.Label(Labels.Project)).ThenBy(container => container.Label(Labels.Service))
            .ThenBy(container => int.TryParse(container.Label(Labels.Number), out int number) ? number : 0))
        {
            table.AddRow(
                new Text(container.Label(Labels.Project) ?? string.Empty),
                new Text(container.Label(Labels.Service) ?? string.Empty),
                new Text(container.Name),
                new Text(container.Status.Length > 0 ? container.Status : container.State, new Style(container.IsRunning ? Color.Green : Color.Red)),
                new Text(string.Join('\n', (container.NetworkSettings?.Networks ?? new Dictionary<string, EndpointSettings>()).OrderBy(network => network.Key).Select(Addresses))),
                new Text(string.Join('\n', (container.Ports ?? []).Select(Port).Distinct())));
        }

        return table;
    }

    private static string Addresses(KeyValuePair<string, EndpointSettings> network)
        => $"{network.Key} {string.Join(", ", ((string[])[network.Value.IPAddress, network.Value.GlobalIPv6Address]).Where(address => address.Length > 0))}".TrimEnd();

    private static string Port(PublishedPort port)
    {
        string host = port.HostIp is { } address && address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : port.HostIp ?? string.Empty;
        return port.PublicPort is null or 0 ? $"{port.PrivatePort}/{port.Type}" : $"{host}:{port.PublicPort}->{port.PrivatePort}/{port.Type}";
    }
}
