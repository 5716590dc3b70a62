using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LibNetwork.Drivers;

namespace LibNetwork.Plugins;

/// <summary>An endpoint of a driver that Docker uses.</summary>
internal sealed class PluginEndpoint(DriverEndpointRequest request, DriverEndpoint answer)
{
    private const string InterfacePrefix = "lnp";
    private const int HashDigits = 12;

    public DriverEndpointRequest Request => request;

    public DriverEndpoint Answer => answer;

    public IReadOnlyList<PortBinding> PublishedPorts { get; set; } = [];

    /// <summary>What its interface is called between the driver, which makes it, and Docker, which moves it into the container.</summary>
    public InterfaceName HostName { get; } = NameFor(request.Id.Value);

    /// <summary>The sandbox that Docker means by the path of its namespace.</summary>
    public static SandboxId SandboxOf(string? key)
    {
        string name = Path.GetFileName(key ?? string.Empty);
        return name.Length is > 0 and <= 64 && name is not ("." or "..") && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
            ? new SandboxId(name)
            : new SandboxId(Hash(key ?? string.Empty));
    }

    private static InterfaceName NameFor(string id) => new(string.Create(CultureInfo.InvariantCulture, $"{InterfacePrefix}{Hash(id)[..HashDigits]}"));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
