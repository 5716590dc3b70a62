using System.Text;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>What tells one engine from another: made once, kept in the state folder.</summary>
internal static class EngineId
{
    public static string Of(string stateFolder)
    {
        string path = Path.Combine(stateFolder, "engine-id");
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString()));
        }

        return File.ReadAllText(path);
    }
}
