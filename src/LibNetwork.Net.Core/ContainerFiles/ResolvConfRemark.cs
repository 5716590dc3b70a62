namespace LibNetwork.ContainerFiles;

/// <summary>A line of a resolv.conf that is not followed.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Reason">Why.</param>
public sealed record ResolvConfRemark(int Line, string Reason);
