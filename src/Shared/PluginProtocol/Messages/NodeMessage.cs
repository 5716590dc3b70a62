namespace LibNetwork.Plugins.Protocol;

internal sealed record NodeMessage
{
    public string? Address { get; init; }

    public string? BindAddress { get; init; }

    public bool Self { get; init; }
}
