using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

internal sealed record NetworkingConfigMessage(IReadOnlyDictionary<string, EndpointSettings?>? EndpointsConfig);
