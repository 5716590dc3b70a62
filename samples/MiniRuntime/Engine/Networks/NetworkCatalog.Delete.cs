using LibNetwork;
using LibNetwork.Drivers.Bridge;

namespace MiniRuntime.Engine.Networks;

internal sealed partial class NetworkCatalog
{
    /// <summary>Deletes a network.</summary>
    /// <exception cref="EngineException">404: no such network. 403: it is a built-in one, or in use.</exception>
    public async Task DeleteAsync(string nameOrId, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            EngineNetwork network = Get(nameOrId);
            if (network.IsBuiltIn)
            {
                throw EngineException.Forbidden($"{network.Name} is a pre-defined network and cannot be removed");
            }

            await DeleteAsync(network, network.Network, cancellationToken);
            _files.Delete(network.Id);
            _recorded.TryRemove(network.Id, out _);
            Publish("destroy", network);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task DeleteAsync(EngineNetwork network, INetwork built, CancellationToken cancellationToken)
    {
        try
        {
            await built.DeleteAsync(cancellationToken);
            if (built.State.Options.ContainsKey(BridgeLabels.BridgeName))
            {
                await engine.Controller.DrainAsync();   // who named the bridge looks for it by that name; other links may go later
            }
        }
        catch (NetworkException refused) when (refused.Kind == NetworkErrorKind.Forbidden && network.IsConfiguration)
        {
            throw EngineException.Forbidden($"configuration network \"{network.Name}\" is in use ({refused.Message})");
        }
        catch (NetworkException refused) when (refused.Kind == NetworkErrorKind.Forbidden && built.Endpoints.Count > 0)
        {
            string users = string.Join(", ", engine.Containers.On(network).Select(member => member.ContainerName));
            throw EngineException.Forbidden(
                $"error while removing network: network {network.Name} id {network.Id} has active endpoints ({users})");
        }
    }
}
