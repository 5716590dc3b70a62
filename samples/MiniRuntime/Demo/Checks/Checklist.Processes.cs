using System.Net;
using MiniRuntime.Containers;

namespace MiniRuntime.Demo.Checks;

/// <content>A container's process sees its own world: told by the process itself.</content>
internal sealed partial class Checklist
{
    private const int HeadingsOfDevices = 2;
    private const string GlobalScope = "00";

    private async Task CheckProcessesAsync()
    {
        report.Section("Processes see their own machine");
        Container web = stage["web-1"];
        await report.CheckAsync("web-1: its host name", "web-1", () => ReadAsync(web, "/proc/sys/kernel/hostname"));
        await report.CheckAsync("web-1: its process 1", "sleep", () => ReadAsync(web, "/proc/1/comm"));
        await report.CheckAsync("web-1: its links", "eth0, lo", () => LinksAsync(web));
        await report.CheckAsync("web-1: its IPv6 address", $"{Peer("web-1").IPv6} on eth0", () => IPv6AddressAsync(web));
    }

    private Task<string> ReadAsync(Container container, string path) => container.Process.ExecuteAsync($"cat {path}", cancellationToken);

    private async Task<string> LinksAsync(Container container)
    {
        string table = await ReadAsync(container, "/proc/net/dev");
        return string.Join(", ", table.Split('\n').Skip(HeadingsOfDevices).Select(line => line.Split(':')[0].Trim()).Order(StringComparer.Ordinal));
    }

    // A line: 32 hexadecimal digits, index, prefix length, scope, flags, name.
    private async Task<string> IPv6AddressAsync(Container container)
    {
        string table = await ReadAsync(container, "/proc/net/if_inet6");
        string[] line = table.Split('\n').Select(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(fields => fields[3] == GlobalScope);
        return $"{new IPAddress(Convert.FromHexString(line[0]))} on {line[^1]}";
    }
}
