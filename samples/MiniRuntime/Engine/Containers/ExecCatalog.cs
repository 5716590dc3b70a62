using System.Collections.Concurrent;
using System.Security.Cryptography;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine.Containers;

/// <summary>The programs that users run in containers. They end with the engine, and are not kept.</summary>
internal sealed class ExecCatalog(RuntimeEngine engine)
{
    private const int IdBytes = 32;

    private readonly ConcurrentDictionary<string, ExecInstance> _execs = new();

    public ExecInstance Create(Container container, ExecSpec spec)
    {
        if (!container.IsRunning)
        {
            throw EngineException.Conflict($"container {container.Id} is not running");
        }

        if (spec.Command.Count == 0)
        {
            throw EngineException.BadRequest("No exec command specified");
        }

        ForgetEnded();
        ExecInstance exec = new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), container, spec);
        _execs[exec.Id] = exec;
        container.Publish($"exec_create: {string.Join(' ', spec.Command)}", ("execID", exec.Id));
        return exec;
    }

    public ExecInstance Get(string id) => _execs.TryGetValue(id, out ExecInstance? exec) ? exec : throw EngineException.NotFound($"No such exec instance: {id}");

    /// <summary>Starts a program that <see cref="ExecInstance.Claim"/> has allowed.</summary>
    public Task<ExecProcess> StartAsync(ExecInstance exec, RunningProcess running) => exec.StartAsync(engine, running);

    // Their exit codes are asked for soon after the end; later nobody needs them.
    private void ForgetEnded()
    {
        const int Kept = 256;
        if (_execs.Count > Kept)
        {
            foreach (ExecInstance ended in _execs.Values.Where(exec => exec.ExitCode is not null || !exec.Container.IsRunning))
            {
                _execs.TryRemove(ended.Id, out _);
            }
        }
    }
}
