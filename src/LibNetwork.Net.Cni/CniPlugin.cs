using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Invocation;
using LibNetwork.Cni.Results;
using LibNetwork.Cni.Verbs;

namespace LibNetwork.Cni;

/// <summary>One call of the plugin: parameters in, a result or an error out.</summary>
internal static class CniPlugin
{
    private const int Failed = 1;

    /// <summary>Carries out what the environment and the input say.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <param name="input">The configuration.</param>
    /// <param name="output">Takes the result or the error, as JSON, and nothing else.</param>
    /// <param name="cancellationToken">Cancels the call, which then leaves nothing.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(Func<string, string?> variable, Stream input, Stream output, CancellationToken cancellationToken)
    {
        string version = CniVersion.Newest;
        try
        {
            CniEnvironment environment = CniEnvironment.Read(variable);
            ReadOnlyMemory<byte> text = ConfigurationReader.Read(input);
            if (environment.Command == CniCommand.Version)
            {
                VersionResult versions = new() { CniVersion = ConfigurationReader.ReadVersion(text.Span) ?? version, SupportedVersions = CniVersion.Supported };
                Write(output, versions, CniJson.Default.VersionResult);
                return 0;
            }

            CniCall call = new(environment, ConfigurationReader.Parse(text.Span, environment.Command));
            version = call.Version;
            if (await RunAsync(call, cancellationToken).ConfigureAwait(false) is { } result)
            {
                Write(output, ResultVersions.For(version, result), CniJson.Default.CniResult);
            }

            return 0;
        }
        catch (Exception failure)
        {
            CniException said = NetworkErrors.Translate(failure);
            ErrorResult error = new() { CniVersion = version, Code = (int)said.Code, Msg = said.Message, Details = said.Details };
            Write(output, error, CniJson.Default.ErrorResult);
            return Failed;
        }
    }

    /// <returns>The result of ADD; the other verbs have none.</returns>
    private static async Task<CniResult?> RunAsync(CniCall call, CancellationToken cancellationToken)
    {
        switch (call.Environment.Command)
        {
            case CniCommand.Add:
                return await AddVerb.RunAsync(call, cancellationToken).ConfigureAwait(false);
            case CniCommand.Del:
                await DelVerb.RunAsync(call, cancellationToken).ConfigureAwait(false);
                break;
            case CniCommand.Check:
                await CheckVerb.RunAsync(call, cancellationToken).ConfigureAwait(false);
                break;
            case CniCommand.Gc:
                await GcVerb.RunAsync(call, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await StatusVerb.RunAsync(call, cancellationToken).ConfigureAwait(false);
                break;
        }

        return null;
    }

    private static void Write<TMessage>(Stream output, TMessage message, JsonTypeInfo<TMessage> type)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter writer = new(text, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))   // it goes into no page
        {
            JsonSerializer.Serialize(writer, message, type);
        }

        output.Write(text.WrittenSpan);
    }
}
