using LibNetwork.Linux;

namespace LibNetwork.Cni.Errors;

/// <summary>Says the library's errors in the words of the CNI specification.</summary>
internal static class NetworkErrors
{
    public static CniException Translate(Exception failure) => failure switch
    {
        CniException said => said,
        NetworkException refused => new CniException(CodeOf(refused), $"{refused.Subject}: {refused.Problem}", DetailsOf(refused), refused),
        AggregateException { InnerExceptions: [var first, ..] } several => WithDetails(Translate(first), several),
        KernelException refused => new CniException(CniErrorCode.Internal, refused.Message, inner: refused),
        IOException or UnauthorizedAccessException => new CniException(CniErrorCode.InputOutput, failure.Message, inner: failure),
        _ => new CniException(CniErrorCode.Internal, failure.Message, failure.GetType().Name, failure),
    };

    private static CniException WithDetails(CniException first, AggregateException several)
        => new(first.Code, first.Message, string.Join("; ", several.InnerExceptions.Select(static failure => failure.Message)), several);

    private static CniErrorCode CodeOf(NetworkException refused) => (refused.Kind, refused.Field) switch
    {
        (NetworkErrorKind.InvalidArgument, nameof(SandboxSpec.NamespacePath)) => CniErrorCode.InvalidEnvironment,
        (NetworkErrorKind.InvalidArgument, _) => CniErrorCode.InvalidConfiguration,
        (NetworkErrorKind.Exhausted, _) => CniErrorCode.Exhausted,
        (NetworkErrorKind.Conflict or NetworkErrorKind.Forbidden, _) => CniErrorCode.Conflict,
        (NetworkErrorKind.NotSupported, _) => CniErrorCode.NotSupported,
        (NetworkErrorKind.PermissionDenied, _) => CniErrorCode.PermissionDenied,
        (NetworkErrorKind.Unavailable, _) => CniErrorCode.TryAgainLater,
        _ => CniErrorCode.Internal,
    };

    private static string? DetailsOf(NetworkException refused)
    {
        string?[] parts = [refused.Holder is { } holder ? $"held by {holder}" : null, refused.Remedy];
        string details = string.Join("; ", parts.OfType<string>());
        return details.Length > 0 ? details : null;
    }
}
