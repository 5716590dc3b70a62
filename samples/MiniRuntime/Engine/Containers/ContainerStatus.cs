using System.Text.Json.Serialization;

namespace MiniRuntime.Engine.Containers;

/// <summary>Where a container is in its life.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ContainerStatus>))]
internal enum ContainerStatus
{
    Created,

    /// <summary>Written before anything is built, so that an engine that is killed meanwhile knows that a process may be there.</summary>
    Starting,

    Running,

    Exited,

    Removing,
}
