using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>How JSON is read and written: names as in the Docker Engine API, types known at compile time.</summary>
internal static class ApiJson
{
    /// <summary>Without a character set: the docker command line compares the whole header.</summary>
    public const string ContentType = "application/json";

    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions());

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = null;   // names are Go's, as are the properties'
        options.PropertyNameCaseInsensitive = true;   // as Go reads
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;   // nothing here goes into a web page
        options.TypeInfoResolverChain.Clear();
        options.TypeInfoResolverChain.Add(ErrorJson.Default);
        options.TypeInfoResolverChain.Add(SystemJson.Default);
        options.TypeInfoResolverChain.Add(EventJson.Default);
        options.TypeInfoResolverChain.Add(ImageJson.Default);
        options.TypeInfoResolverChain.Add(NetworkJson.Default);
        options.TypeInfoResolverChain.Add(ContainerJson.Default);
        return options;
    }

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="EngineException">400: it is not what the API says.</exception>
    public static async Task<TBody> ReadAsync<TBody>(HttpContext context)
        where TBody : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, (JsonTypeInfo<TBody>)Options.GetTypeInfo(typeof(TBody)), context.RequestAborted)
                ?? throw EngineException.BadRequest("invalid JSON: the body is null");
        }
        catch (JsonException malformed)
        {
            throw EngineException.BadRequest(malformed.InnerException is JsonException syntax
                ? $"invalid JSON: {syntax.Message}"
                : $"invalid JSON: the value of {malformed.Path} is of the wrong type");
        }
    }

    /// <summary>Writes a value of a stream of them.</summary>
    public static async Task WriteLineAsync<TMessage>(HttpContext context, TMessage message, CancellationToken cancellationToken)
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(message, (JsonTypeInfo<TMessage>)Options.GetTypeInfo(typeof(TMessage)));
        await context.Response.Body.WriteAsync((byte[])[.. line, (byte)'\n'], cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
