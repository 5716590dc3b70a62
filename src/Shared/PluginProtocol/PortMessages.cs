using System.Net;

namespace LibNetwork.Plugins.Protocol;

/// <summary>Ports between the model and the protocol.</summary>
internal static class PortMessages
{
    /// <summary>Bindings that are asked for, one message for each port of the endpoint.</summary>
    public static IReadOnlyList<PortMessage> Of(IReadOnlyList<PortBinding> bindings)
    {
        List<PortMessage> messages = [];
        foreach (PortBinding binding in bindings)
        {
            bool isRow = binding.ContainerPorts.Count > 1;
            for (int i = 0; i < binding.ContainerPorts.Count; i++)
            {
                messages.Add(new PortMessage
                {
                    Proto = (int)binding.Protocol,
                    Port = binding.ContainerPorts.First + i,
                    HostAddress = binding.HostAddress?.ToString() ?? string.Empty,
                    HostPort = binding.HostPorts is { } first ? first.First + (isRow ? i : 0) : 0,
                    HostPortEnd = binding.HostPorts is { } last ? (isRow ? last.First + i : last.Last) : 0,
                });
            }
        }

        return messages;
    }

    public static IReadOnlyList<PortMessage> Of(IReadOnlyList<TransportPort> ports)
        => [.. ports.Select(static port => new PortMessage { Proto = (int)port.Protocol, Port = port.Number })];

    /// <summary>A binding.</summary>
    /// <returns><see langword="null"/> when the message makes no sense.</returns>
    public static PortBinding? ToBinding(PortMessage message)
    {
        if (ToPort(message) is not { } port || !IsPort(message.HostPort) || !IsPort(message.HostPortEnd))
        {
            return null;
        }

        IPAddress? hostAddress = null;
        if (!string.IsNullOrEmpty(message.HostAddress) && !IPAddress.TryParse(message.HostAddress, out hostAddress))
        {
            return null;
        }

        int last = message.HostPortEnd == 0 ? message.HostPort : message.HostPortEnd;
        return last < message.HostPort
            ? null
            : new PortBinding
            {
                Protocol = port.Protocol,
                ContainerPorts = new PortRange(port.Number, port.Number),
                HostAddress = hostAddress,
                HostPorts = message.HostPort == 0 ? null : new PortRange((ushort)message.HostPort, (ushort)last),
            };
    }

    public static TransportPort? ToPort(PortMessage message)
        => message.Port > 0 && IsPort(message.Port) && Enum.IsDefined((TransportProtocol)message.Proto)
            ? new TransportPort((ushort)message.Port, (TransportProtocol)message.Proto)
            : null;

    private static bool IsPort(int number) => number is >= 0 and <= ushort.MaxValue;
}
