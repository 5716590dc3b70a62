using System.Net;
using LibNetwork;

namespace MiniRuntime;

/// <content>A container's process sees its own world: told by the process itself.</content>
internal sealed partial class DemoChecks
{
    private async Task CheckProcessesAsync()
    {
        report.Section("A process in a container sees its own little machine");
        DemoContainer web = stage["web-1"];
        await report.CheckAsync("web-1: its host name", "web-1", () => web.ExecuteAsync("cat /proc/sys/kernel/hostname", cancellationToken));
        await report.CheckAsync("web-1: its process 1", "sleep", () => web.ExecuteAsync("cat /proc/1/comm", cancellationToken));
        await report.CheckAsync("web-1: its links, in /proc/net/dev", "lo eth0", () => LinksAsync(web));
        await report.CheckAsync("web-1: its IPv6 address, in /proc/net/if_inet6", $"{web.Peer.IPv6} on eth0", () => IPv6AddressAsync(web));
    }

    private async Task<string> LinksAsync(DemoContainer container)
    {
        string table = await container.ExecuteAsync("cat /proc/net/dev", cancellationToken);
        return string.Join(' ', table.Split('\n').Skip(2).Select(line => line.Split(':')[0].Trim()));   // two lines of headings
    }

    // A line: 32 hexadecimal digits, index, prefix length, scope (00 is global), flags, name.
    private async Task<string> IPv6AddressAsync(DemoContainer container)
    {
        string table = await container.ExecuteAsync("cat /proc/net/if_inet6", cancellationToken);
        string[] line = table.Split('\n').Select(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(fields => fields[3] == "00");
        return $"{new IPAddress(Convert.FromHexString(line[0]))} on {line[^1]}";
    }
}
