using LibNetwork.Cluster;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

internal sealed partial class ClusterFollower
{
    /// <summary>Says that an endpoint's address is another's.</summary>
    public static void TellAddressLost(ControllerServices services, Endpoint endpoint, NetworkException lost)
    {
        Log.AddressLost(services.Logger, lost, endpoint.Subject);
        services.Events.Publish(new ClusterNetworkEvent
        {
            Kind = ClusterNetworkEventKind.AddressLost, NetworkId = endpoint.Owner.Id, Subject = endpoint.Subject, Time = services.Time.GetUtcNow(), Problem = lost.Message,
        });
    }

    private void Tell(ClusterNetworkEventKind kind, NetworkState network, string? problem = null, string creator = "")
    {
        switch (kind)
        {
            case ClusterNetworkEventKind.Appeared:
                Log.Appeared(Services.Logger, network.Name, network.Id, creator);
                break;
            case ClusterNetworkEventKind.Gone:
                Log.Gone(Services.Logger, network.Name, network.Id);
                break;
            case ClusterNetworkEventKind.NameTaken:
                Log.NameTaken(Services.Logger, network.Name, network.Id);
                break;
            case ClusterNetworkEventKind.NotTakenUp:
                Log.NotTakenUp(Services.Logger, network.Name, network.Id, problem ?? string.Empty);
                break;
            case ClusterNetworkEventKind.Deserted:
                Log.Deserted(Services.Logger, network.Name, network.Id);
                break;
        }

        Services.Events.Publish(new ClusterNetworkEvent { Kind = kind, NetworkId = network.Id, Subject = $"network \"{network.Name}\"", Time = Services.Time.GetUtcNow(), Problem = problem });
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SharedNetworkAppeared, LogLevel.Information, "Network {Name} ({NetworkId}), created on node {Creator}, is here too.", EventName = nameof(Appeared))]
        public static partial void Appeared(ILogger logger, string name, NetworkId networkId, string creator);

        [LoggerMessage(EventIds.SharedNetworkGone, LogLevel.Information, "Network {Name} ({NetworkId}) was deleted from the cluster and is not here any more.", EventName = nameof(Gone))]
        public static partial void Gone(ILogger logger, string name, NetworkId networkId);

        [LoggerMessage(EventIds.SharedNetworkNameTaken, LogLevel.Warning, "Network {Name} ({NetworkId}) of the cluster is found here only by its id: a network of this host alone has its name.", EventName = nameof(NameTaken))]
        public static partial void NameTaken(ILogger logger, string name, NetworkId networkId);

        [LoggerMessage(EventIds.SharedNetworkNotTakenUp, LogLevel.Warning, "This host cannot have network {Name} ({NetworkId}) of the cluster: {Problem}", EventName = nameof(NotTakenUp))]
        public static partial void NotTakenUp(ILogger logger, string name, NetworkId networkId, string problem);

        [LoggerMessage(EventIds.SharedNetworkDeserted, LogLevel.Error, "Network {Name} ({NetworkId}) was deleted from the cluster while this host was away; it lives on here until its endpoints are gone.", EventName = nameof(Deserted))]
        public static partial void Deserted(ILogger logger, string name, NetworkId networkId);

        [LoggerMessage(EventIds.SharedAddressLost, LogLevel.Error, "An address of {Endpoint} is another's now, because this host was away for too long.", EventName = nameof(AddressLost))]
        public static partial void AddressLost(ILogger logger, Exception lost, string endpoint);

        [LoggerMessage(EventIds.SharedNetworkUnsettled, LogLevel.Debug, "{Subject} is not as it is in the cluster yet; it is tried again.", EventName = nameof(Unsettled))]
        public static partial void Unsettled(ILogger logger, Exception failure, string subject);
    }
}
