namespace LibNetwork.Drivers.Remote;

/// <summary>How a plugin's file wants TLS: whom to trust, and who we are. Paths of PEM files.</summary>
internal sealed record PluginTls
{
    public bool InsecureSkipVerify { get; init; }

    /// <summary>Whom to trust; without it certificates are not checked, as Docker's protocol has it.</summary>
    public string? CAFile { get; init; }

    public string? CertFile { get; init; }

    public string? KeyFile { get; init; }

    public bool ChecksCertificate => !InsecureSkipVerify && !string.IsNullOrEmpty(CAFile);
}
