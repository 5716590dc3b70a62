using System.Net.Sockets;
using LibNetwork;
using LibNetwork.Flows;

namespace MiniRuntime.Demo.Checks;

/// <content>Why somebody does not reach whom: the library names the rule.</content>
internal sealed partial class Checklist
{
    private async Task CheckExplanationAsync()
    {
        report.Section("What stops it has a name");
        Flow flow = new()
        {
            Source = FlowSource.Endpoint(stage["web-1"].Endpoint.Id),
            Destination = Peer("other-1").Address(AddressFamily.InterNetwork),
            Port = new TransportPort(80, TransportProtocol.Tcp),
        };
        await report.CheckAsync("web-1 → other-1, explained", "Dropped: networks are apart", async () =>
        {
            FlowExplanation explanation = await stage.Controller.ExplainAsync(flow, cancellationToken);
            report.Note($"{explanation}{Environment.NewLine}");
            return $"{explanation.Verdict}: {explanation.Decision?.Rule?.Comment}";
        });
    }
}
