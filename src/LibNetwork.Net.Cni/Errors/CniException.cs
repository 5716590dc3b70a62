namespace LibNetwork.Cni.Errors;

/// <summary>A call failed, in the words of the CNI specification.</summary>
internal sealed class CniException(CniErrorCode code, string message, string? details = null, Exception? inner = null) : Exception(message, inner)
{
    public CniErrorCode Code { get; } = code;

    public string? Details { get; } = details;
}
