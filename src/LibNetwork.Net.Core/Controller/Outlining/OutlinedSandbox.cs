namespace LibNetwork.Controller.Outlining;

/// <summary>A sandbox in short.</summary>
internal sealed record OutlinedSandbox(SandboxId Id, string ContainerId);
